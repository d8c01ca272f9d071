#include "tests/oracles/controlled_estimate.hpp"

#include <Eigen/Dense>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "engine/check.hpp"

namespace faultline::oracles {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A column of ones, then the controls that vary, each scaled to a mean square of 1.
MatrixXd design(const std::vector<Replication>& replications) {
    const auto count = static_cast<Index>(replications.size());
    const auto controls = static_cast<Index>(replications.front().controls.size());
    MatrixXd columns(count, controls + 1);
    columns.col(0).setOnes();
    Index used = 1;
    for (Index control = 0; control < controls; ++control) {
        VectorXd values(count);
        for (Index i = 0; i < count; ++i) {
            values(i) = replications[static_cast<std::size_t>(i)].controls[static_cast<std::size_t>(control)];
        }
        const double scale = std::sqrt(values.squaredNorm() / static_cast<double>(count));
        if (scale > 0.0) columns.col(used++) = values / scale;
    }
    return columns.leftCols(used);
}

}  // namespace

engine::Interval controlled_interval(const std::vector<Replication>& results, const std::string& measure,
                                     double confidence) {
    const auto count = static_cast<Index>(results.size());
    Ratio all;
    for (const Replication& replication : results) {
        all.sum += replication.measures.at(measure).sum;
        all.over += replication.measures.at(measure).over;
    }
    const double ratio = all.sum / all.over;
    VectorXd off(count);  // how far each replication is from the common ratio
    for (Index i = 0; i < count; ++i) {
        const Ratio& own = results[static_cast<std::size_t>(i)].measures.at(measure);
        off(i) = (own.sum - ratio * own.over) * static_cast<double>(count) / all.over;
    }
    const Eigen::CompleteOrthogonalDecomposition<MatrixXd> regression(design(results));
    const VectorXd coefficients = regression.solve(off);
    const VectorXd intercept_weights = regression.pseudoInverse().row(0);
    const double freedom = static_cast<double>(count - regression.rank());
    SIM_CHECK(freedom >= 10.0);
    const double variance = (off - design(results) * coefficients).squaredNorm() / freedom;

    const boost::math::students_t_distribution<double> student(freedom);
    const double t = boost::math::quantile(boost::math::complement(student, 0.5 * (1.0 - confidence)));
    const double estimate = ratio + coefficients(0);
    const double half_width = t * std::sqrt(variance * intercept_weights.squaredNorm()) + resolution * std::abs(ratio);
    return {estimate - half_width, estimate, estimate + half_width};
}

}  // namespace faultline::oracles
