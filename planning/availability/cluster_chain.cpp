#include "planning/availability/cluster_chain.hpp"

#include <Eigen/Sparse>
#include <Eigen/SparseLU>
#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <stdexcept>

namespace faultline::planning {
namespace {

enum class Mode : std::uint8_t { serving, failing, waiting };

struct State {
    std::uint32_t zones_down = 0, members_down = 0;
    std::uint8_t writer = 0;
    Mode mode = Mode::serving;
    auto operator<=>(const State&) const = default;
    std::size_t down() const {
        return static_cast<std::size_t>(std::popcount(zones_down) + std::popcount(members_down));
    }
};

// The states that can be reached, and their rates.
class Explorer {
public:
    explicit Explorer(const ClusterChain& chain) : chain_{chain} {
        number_of(State{});
        for (std::size_t i = 0; i < states_.size(); ++i) leave(i);
    }

    ChainAnswer answer() const {
        const auto size = static_cast<Eigen::Index>(states_.size());
        Eigen::VectorXd right = Eigen::VectorXd::Zero(size);
        right(0) = 1.0;  // the first equation says that the shares add up to 1
        std::vector<Eigen::Triplet<double>> entries;
        for (Eigen::Index i = 0; i < size; ++i) entries.emplace_back(0, i, 1.0);
        for (const auto& one : rates_) {
            if (one.to != 0) entries.emplace_back(one.to, one.from, one.rate);
            if (one.from != 0) entries.emplace_back(one.from, one.from, -one.rate);
        }
        Eigen::SparseMatrix<double> balance(size, size);
        balance.setFromTriplets(entries.begin(), entries.end());
        Eigen::SparseLU<Eigen::SparseMatrix<double>> solver(balance);
        if (solver.info() != Eigen::Success) throw std::domain_error{"the chain has no stationary distribution"};
        const Eigen::VectorXd share = solver.solve(right);
        return summed(share);
    }

private:
    struct Rate {
        int from, to;
        double rate;
    };

    ChainAnswer summed(const Eigen::VectorXd& share) const {
        ChainAnswer answer;
        answer.states = states_.size();
        double longest_s = 1.0 / chain_.rebuild;
        for (const ChainPart& part : chain_.zones) longest_s = std::max(longest_s, 1.0 / part.repaired);
        for (const ChainPart& part : chain_.members) longest_s = std::max(longest_s, 1.0 / part.repaired);
        double cut_off = 0.0;
        for (std::size_t i = 0; i < states_.size(); ++i) {
            const double here = share(static_cast<Eigen::Index>(i));
            if (states_[i].mode != Mode::serving) answer.low += here;
            cut_off += here * left_out_[i];
            answer.losses += here * writer_loss_[i];
        }
        answer.high = std::min(1.0, answer.low + cut_off * longest_s * static_cast<double>(chain_.depth + 1));
        return answer;
    }

    int number_of(const State& state) {
        const auto [at, is_new] = numbers_.try_emplace(state, static_cast<int>(states_.size()));
        if (is_new) {
            states_.push_back(state);
            left_out_.push_back(0.0);
            writer_loss_.push_back(0.0);
        }
        return at->second;
    }

    bool up(const State& state, std::size_t member) const {
        return (state.members_down >> member & 1U) == 0 && (state.zones_down >> chain_.zone_of[member] & 1U) == 0;
    }

    void add(std::size_t from, const State& to, double rate) {
        if (rate <= 0.0) return;
        if (to.down() > chain_.depth) {
            left_out_[from] += rate;
            return;
        }
        const int number = number_of(to);
        rates_.push_back({static_cast<int>(from), number, rate});
    }

    // Who is back while nobody can serve, serves.
    State settled(State state) const {
        if (state.mode != Mode::waiting) return state;
        for (std::size_t m = 0; m < chain_.members.size(); ++m) {
            if (!up(state, m)) continue;
            state.mode = Mode::serving;
            state.writer = static_cast<std::uint8_t>(m);
            break;
        }
        return state;
    }

    void fail(std::size_t from, State to, double rate) {
        if (to.mode == Mode::serving && !up(to, to.writer)) {
            to.mode = Mode::failing;
            writer_loss_[from] += rate;
        }
        add(from, to, rate);
    }

    void leave(std::size_t from) {
        const State state = states_[from];
        for (std::size_t z = 0; z < chain_.zones.size(); ++z) {
            State next = state;
            next.zones_down ^= 1U << z;
            const bool down = (state.zones_down >> z & 1U) != 0;
            if (down) add(from, settled(next), chain_.zones[z].repaired);
            if (!down) fail(from, next, chain_.zones[z].fails);
        }
        for (std::size_t m = 0; m < chain_.members.size(); ++m) {
            State next = state;
            next.members_down ^= 1U << m;
            const bool down = (state.members_down >> m & 1U) != 0;
            if (down) add(from, settled(next), chain_.members[m].repaired);
            if (!down && up(state, m)) fail(from, next, chain_.members[m].fails);
        }
        if (state.mode == Mode::failing) {
            State next = state;
            next.mode = Mode::waiting;
            add(from, settled(next), chain_.failover);
        }
        const bool zone_up = (state.zones_down >> chain_.zone_of[state.writer] & 1U) == 0;
        if (state.mode == Mode::waiting && zone_up) {
            State next = state;
            next.members_down &= ~(1U << state.writer);
            next.mode = Mode::serving;
            add(from, next, chain_.rebuild);
        }
    }

    const ClusterChain& chain_;
    std::map<State, int> numbers_;
    std::vector<State> states_;
    std::vector<double> left_out_, writer_loss_;  // rates, by state
    std::vector<Rate> rates_;
};

void check(const ClusterChain& chain) {
    const auto good = [](const ChainPart& part) {
        return std::isfinite(part.fails) && part.fails >= 0.0 && std::isfinite(part.repaired) && part.repaired > 0.0;
    };
    const bool parts = std::all_of(chain.zones.begin(), chain.zones.end(), good) &&
                       std::all_of(chain.members.begin(), chain.members.end(), good);
    const bool sizes = !chain.members.empty() && chain.members.size() <= 32 && chain.zones.size() <= 32 &&
                       chain.zone_of.size() == chain.members.size();
    if (!parts || !sizes || !(chain.failover > 0.0) || !(chain.rebuild > 0.0)) {
        throw std::domain_error{"rates of a cluster must be finite, and what is lost must come back"};
    }
}

}  // namespace

ChainAnswer solve(const ClusterChain& chain) {
    check(chain);
    return Explorer{chain}.answer();
}

double fewer_than(std::size_t k, std::size_t n, double up) {
    double sum = 0.0, ways = 1.0;
    for (std::size_t i = 0; i < k && i <= n; ++i) {
        sum += ways * std::pow(up, static_cast<double>(i)) * std::pow(1.0 - up, static_cast<double>(n - i));
        ways = ways * static_cast<double>(n - i) / static_cast<double>(i + 1);
    }
    return sum;
}

}  // namespace faultline::planning
