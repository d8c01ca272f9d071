// Max-min fairness on one link: what one connection more could have, of those that want all they can get.
//
// Each of the others takes what it takes now, or gives way down to its own fair share. Exact where this link is the one
// that holds the newcomer back. Source: D. Bertsekas, R. Gallager, Data Networks, 2nd ed., section 6.5.2.
#pragma once

#include <algorithm>
#include <vector>

namespace faultline::models {

struct LinkUser {
    double rate = 0.0;         // of all its connections together, >= 0
    double connections = 1.0;  // each is worth a share, > 0
};

// Of a link of this capacity, in the unit of the rates. Reorders `others`.
inline double fair_level(double capacity, std::vector<LinkUser>& others) {
    std::sort(others.begin(), others.end(),
              [](const LinkUser& a, const LinkUser& b) { return a.rate * b.connections < b.rate * a.connections; });
    double left = capacity;
    double connections = 1.0;
    for (const LinkUser& other : others) connections += other.connections;
    for (const LinkUser& other : others) {
        if (other.rate * connections > left * other.connections) break;  // it gives way, and so do all after it
        left -= other.rate;
        connections -= other.connections;
    }
    return left / connections;
}

}  // namespace faultline::models
