//! A straight line through points, with the error of its slope, and the two distributions that the
//! statistics ask.

use super::count;

/// The ordinary least-squares line through points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// In units of y per unit of x.
    pub(super) slope: f64,
    /// The line's value at x = 0.
    pub(super) intercept: f64,
    /// The standard error of the slope, from the residuals with n - 2 degrees of freedom.
    pub(super) slope_error: f64,
    /// n - 2.
    pub(super) freedom: usize,
}

impl Line {
    /// Fits a line; `None` with fewer than three points or a single x.
    pub(super) fn through(points: &[(f64, f64)]) -> Option<Self> {
        let freedom = points.len().checked_sub(2).filter(|freedom| *freedom > 0)?;
        let n = count(points.len());
        let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / n;
        let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / n;
        let spread = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum::<f64>();
        let together = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum::<f64>();
        if spread <= 0.0 {
            return None;
        }
        let slope = together / spread;
        let intercept = mean_y - slope * mean_x;
        let squares = points.iter().map(|(x, y)| (y - intercept - slope * x).powi(2)).sum::<f64>();
        let slope_error = (squares / count(freedom) / spread).sqrt();
        Some(Self { slope, intercept, slope_error, freedom })
    }

    /// Returns the line's value at `x`.
    pub(super) fn at(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }
}

/// Returns the quantile of Student's t where the standard normal has the quantile `z`: the expansion
/// of Abramowitz and Stegun (1964), 26.7.5, good to 0.001 from five degrees of freedom on for |z| up
/// to 1.65.
pub(super) fn student(z: f64, freedom: usize) -> f64 {
    let v = count(freedom);
    let z2 = z * z;
    let first = (z2 + 1.0) / 4.0;
    let second = ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
    let third = (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
    z * (1.0 + ((third / v + second) / v + first) / v)
}

/// Returns the probability that a standard normal is below `z`: the rational approximation of
/// Abramowitz and Stegun (1964), 7.1.26, with an error below 1e-7.
pub(super) fn normal_below(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]
        .iter()
        .fold(0.0, |sum, coefficient| sum * t + coefficient);
    let tail = 0.5 * series * t * (-x * x).exp();
    if z > 0.0 { 1.0 - tail } else { tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points_on_a_line_is_that_line_without_error() {
        let points = [0.0, 1.0, 2.5, 7.0].map(|x| (x, 80.0 - 0.5 * x));
        let line = Line::through(&points).unwrap();
        assert!((line.slope + 0.5).abs() < 1e-12);
        assert!((line.at(4.0) - 78.0).abs() < 1e-12);
        assert!(line.slope_error < 1e-12);
        assert_eq!(line.freedom, 2);
    }

    #[test]
    fn the_slope_error_is_that_of_the_textbook() {
        // y = 1, 3, 2, 5 at x = 0..3: slope 1.1, residual squares 2.7, spread 5.
        let line = Line::through(&[(0.0, 1.0), (1.0, 3.0), (2.0, 2.0), (3.0, 5.0)]).unwrap();
        assert!((line.slope - 1.1).abs() < 1e-12);
        assert!((line.slope_error - (2.7_f64 / 2.0 / 5.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn two_points_or_one_day_are_no_line() {
        assert_eq!(Line::through(&[(0.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(Line::through(&[(3.0, 1.0), (3.0, 2.0), (3.0, 4.0)]), None);
    }

    #[test]
    fn quantiles_of_student_are_those_of_the_table() {
        // Fisher and Yates: t of 0.80 at 14, 0.90 at 10, 0.95 at 5 degrees of freedom.
        for (z, freedom, table) in
            [(0.841_62, 14, 0.868), (1.281_55, 10, 1.372), (1.644_85, 5, 2.015)]
        {
            assert!((student(z, freedom) - table).abs() < 2e-3, "{z} {freedom}");
        }
    }

    #[test]
    fn probabilities_of_the_normal_are_those_of_the_table() {
        for (z, table) in [(0.0, 0.5), (1.0, 0.841_345), (-1.96, 0.024_998), (4.0, 0.999_968)] {
            assert!((normal_below(z) - table).abs() < 1e-6, "{z}");
        }
    }
}
