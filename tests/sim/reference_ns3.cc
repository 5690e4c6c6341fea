// The bench's model (bench_sim.c, `rewrite`) on a general discrete-event library, ns-3's core: what the simulator's speed is held
// against. It is the plainest program that gives the same figures: one lock with a queue, a pool, processor sharing by cancelling and
// scheduling the next completion. It knows nothing of lock modes, deadlocks, timeouts or chains, so it has less to do.
//
//     apt-get install libns3-dev
//     g++ -O2 -std=c++17 tests/sim/reference_ns3.cc -lns3-core -o /tmp/reference && /tmp/reference 1000
#include <ns3/event-id.h>
#include <ns3/nstime.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <vector>

using namespace ns3;

namespace {

struct Transaction {
    double arrived, work;
    bool orders;
};

struct Model {
    std::mt19937_64 rng;
    int freeConnections = 40;
    bool locked = false, migrationWaits = false;
    int holders = 0;
    std::deque<Transaction> pool, blocked;
    std::vector<std::pair<double, Transaction>> running; // virtual finish, transaction
    double v = 0, last = 0, migrationEnd = 0, migrationFinish = -1;
    EventId completion;
    int peak = 0, delayed = 0;

    double now() const { return Simulator::Now().GetSeconds() * 1e3; }
    double uniform() { return std::uniform_real_distribution<>(0, 1)(rng); }
    double lognormal(double median, double sigma) { return median * std::exp(sigma * std::normal_distribution<>()(rng)); }
    size_t wanted() const { return running.size() + (migrationFinish >= 0); }
    double speed() const { return wanted() <= 2 ? 1 : 2.0 / (double)wanted(); }

    void advance()
    {
        v += (now() - last) * speed();
        last = now();
    }

    void reschedule()
    {
        completion.Cancel();
        double next = migrationFinish >= 0 ? migrationFinish : HUGE_VAL;
        for (auto &r : running)
            next = std::min(next, r.first);
        if (next < HUGE_VAL)
            completion = Simulator::Schedule(MicroSeconds((int64_t)(std::max(0.0, (next - v) / speed()) * 1e3) + 1), &Model::complete, this);
    }

    void work(const Transaction &t)
    {
        advance();
        running.push_back({v + t.work, t});
        reschedule();
    }

    void start(const Transaction &t)
    {
        if (t.orders && (locked || migrationWaits)) {
            blocked.push_back(t);
            peak = std::max(peak, (int)blocked.size());
            return;
        }
        holders += t.orders;
        work(t);
    }

    void complete()
    {
        advance();
        std::vector<Transaction> done;
        for (size_t i = 0; i < running.size();) {
            if (running[i].first <= v + 1e-9) {
                done.push_back(running[i].second);
                running[i] = running.back();
                running.pop_back();
            } else {
                i++;
            }
        }
        if (migrationFinish >= 0 && migrationFinish <= v + 1e-9) {
            migrationFinish = -1;
            locked = false;
            migrationEnd = now();
            std::deque<Transaction> woken;
            woken.swap(blocked);
            for (auto &t : woken) {
                holders++;
                work(t);
            }
        }
        for (auto &t : done)
            finish(t);
        reschedule();
    }

    void finish(const Transaction &t)
    {
        holders -= t.orders;
        if (now() - t.arrived > 53 && now() > 1000)
            delayed++;
        if (migrationWaits && holders == 0)
            grant();
        if (pool.empty()) {
            freeConnections++;
        } else {
            Transaction next = pool.front();
            pool.pop_front();
            start(next);
        }
    }

    void arrive()
    {
        double u = uniform();
        Transaction t = {now(), u < 0.6 ? lognormal(0.4, 0.5) : u < 0.8 ? lognormal(0.6, 0.5) : lognormal(0.4, 0.5), u < 0.8};
        Simulator::Schedule(MicroSeconds((int64_t)(-std::log(1 - uniform()) / 300 * 1e6)), &Model::arrive, this);
        if (freeConnections > 0) {
            freeConnections--;
            start(t);
        } else {
            pool.push_back(t);
        }
    }

    void grant()
    {
        migrationWaits = false;
        locked = true;
        advance();
        migrationFinish = v + lognormal(3000, 0.2);
        reschedule();
    }

    void migrate()
    {
        migrationWaits = true;
        if (holders == 0)
            grant();
    }

    void look()
    {
        if (migrationEnd > 0 && now() - migrationEnd > 1500)
            Simulator::Stop();
        else
            Simulator::Schedule(MilliSeconds(100), &Model::look, this);
    }
};

} // namespace

int main(int argc, char **argv)
{
    int n = argc > 1 ? std::atoi(argv[1]) : 1000;
    uint64_t events = 0;
    std::vector<int> peaks, delays;
    auto began = std::chrono::steady_clock::now();

    for (int i = 0; i < n; i++) {
        Model m;
        m.rng.seed((uint64_t)i);
        Simulator::Schedule(MicroSeconds(0), &Model::arrive, &m);
        Simulator::Schedule(MilliSeconds(1000), &Model::migrate, &m);
        Simulator::Schedule(MilliSeconds(1000), &Model::look, &m);
        Simulator::Run();
        events += Simulator::GetEventCount();
        peaks.push_back(m.peak);
        delays.push_back(m.delayed);
        Simulator::Destroy();
    }
    double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    std::sort(peaks.begin(), peaks.end());
    std::sort(delays.begin(), delays.end());
    std::printf("ns-3: %d replications in %.2f s on one core, %.1f million events/s; peak blocked %d, delayed %d (medians)\n", n, s,
                (double)events / s / 1e6, peaks[(size_t)n / 2], delays[(size_t)n / 2]);
    return 0;
}
