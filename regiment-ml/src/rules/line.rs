//! The ordinary least-squares line.

/// A line fitted to points, and what its error is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// How many points.
    pub(super) n: f64,
    /// The mean of `y`.
    pub(super) mean: f64,
    /// `y` per `x`.
    pub(super) slope: f64,
    /// The standard error of the slope, with `n - 2` degrees of freedom.
    pub(super) slope_error: f64,
}

impl Line {
    /// Fits `y` on `x`; no line stands on fewer than two distinct `x`.
    ///
    /// Running means and co-moments (Welford 1962; Schubert and Gertz, SSDBM 2018, 4.3), as
    /// databases compute `regr_slope`, so that rounding falls alike.
    pub(super) fn through(points: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        let (mut n, mut mean_x, mut mean_y, mut sum) = (0.0, 0.0, 0.0, 0.0);
        let (mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0);
        for (x, y) in points {
            n += 1.0;
            let (dx, dy) = (x - mean_x, y - mean_y);
            mean_x += dx / n;
            mean_y += dy / n;
            sxx += dx * (x - mean_x);
            syy += dy * (y - mean_y);
            sxy += dx * (y - mean_y);
            sum += y;
        }
        if sxx <= 0.0 {
            return None;
        }
        let rest = f64::max(syy - sxy * sxy / sxx, 0.0);
        let slope_error = (rest / (n - 2.0) / sxx).sqrt();
        Some(Self { n, mean: sum / n, slope: sxy / sxx, slope_error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn a_line_has_the_slope_and_error_of_the_textbook() {
        // y = 1, 3, 2, 5 over x = 0, 1, 2, 3: slope 1.1, residuals sum to 2.7 squared.
        let line = Line::through([(0.0, 1.0), (1.0, 3.0), (2.0, 2.0), (3.0, 5.0)]).expect("a line");
        close(line.slope, 1.1);
        close(line.mean, 2.75);
        close(line.slope_error, (2.7_f64 / 2.0 / 5.0).sqrt());
        close(line.n, 4.0);
    }

    #[test]
    fn points_on_a_line_leave_no_error() {
        let line = Line::through((0..9).map(|x| (f64::from(x), 80.0 + 0.25 * f64::from(x))));
        let line = line.expect("a line");
        close(line.slope, 0.25);
        assert!(line.slope_error < 1e-7, "{}", line.slope_error);
    }

    #[test]
    fn one_date_makes_no_line() {
        assert_eq!(Line::through([]), None);
        assert_eq!(Line::through([(3.0, 80.0), (3.0, 81.0)]), None);
    }
}
