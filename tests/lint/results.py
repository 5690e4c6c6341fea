"""Sums the JUnit files that ctest wrote: one last line `N passed, N failed[, N skipped]`; status 1 when one failed or none passed."""
import os
import sys
import xml.etree.ElementTree as ET

passed, failed, skipped = 0, [], []
for path in sys.argv[1:]:
    for case in ET.parse(path).getroot().iter("testcase"):
        name = f"{os.path.basename(path)[:-4]}: {case.get('name')}"
        status = case.get("status", "")
        if case.find("skipped") is not None or status in ("notrun", "disabled"):
            why = [line for line in (case.findtext("system-out") or "").splitlines() if line.startswith("SKIPPED: ")]
            skipped.append(f"{name} ({why[-1][9:]})" if why else name)
        elif case.find("failure") is not None or status == "fail":
            failed.append(name)
        else:
            passed += 1
note = os.path.join(os.path.dirname(sys.argv[1]) if len(sys.argv) > 1 else ".", "skipped")
if os.path.exists(note):
    with open(note) as f:
        skipped += f.read().splitlines()
for name in failed:
    print(f"FAILED  {name}")
for name in skipped:
    print(f"SKIPPED {name}")
print(f"{passed} passed, {len(failed)} failed" + (f", {len(skipped)} skipped" if skipped else ""))
sys.exit(1 if failed or not passed else 0)
