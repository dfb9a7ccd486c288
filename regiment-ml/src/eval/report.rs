//! An evaluation for people: Markdown with a table of scores and precision at k, and a reliability
//! plot as SVG.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use super::bootstrap::Interval;
use super::lapse::Evaluation;
use super::scores::{Bin, Scores};

/// The plot's side and margin, in pixels.
const SIDE: f64 = 320.0;
const MARGIN: f64 = 44.0;

/// Writes `lapse.md` and `reliability.svg` into a folder, which is made where it is missing.
pub fn write(evaluation: &Evaluation, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("lapse.md"), markdown(evaluation))?;
    fs::write(folder.join("reliability.svg"), reliability(&evaluation.bins))
}

/// Returns the report in Markdown; it shows `reliability.svg` beside it.
pub fn markdown(evaluation: &Evaluation) -> String {
    let mut text = format!(
        "# Lapse risk, judged\n\nModel `{}`, {} persons.\nA lapse is an adherence below 0.60 over the seven days after a date on which it was 0.60 or more.\n\n",
        evaluation.model_version, evaluation.persons
    );
    text.push_str("| | dates | lapsed | AUROC | average precision | Brier | ECE | precision in the riskiest 10% |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    let rows = [
        ("model", &evaluation.model),
        ("persistence", &evaluation.persistence),
        ("logistic regression, same features", &evaluation.logistic),
        ("model, 5/7 or more done last week", &evaluation.onset),
        ("persistence, on the same", &evaluation.onset_persistence),
    ];
    for (name, scores) in rows {
        let Some(scores) = scores else { continue };
        let Scores { n, rate, auroc, ap, brier, ece, p_at_10 } = scores;
        let _ = writeln!(
            text,
            "| {name} | {n} | {:.1}% | {auroc:.3} | {ap:.3} | {brier:.4} | {ece:.3} | {p_at_10:.3} |",
            100.0 * rate
        );
    }
    if evaluation.abstained > 0 {
        let _ = writeln!(
            text,
            "\nThe model abstained on {} dates; they are judged with risk 0.",
            evaluation.abstained
        );
    }
    let gains = [("AUROC", evaluation.auroc_gain), ("average precision", evaluation.ap_gain)];
    for (name, Interval { low, high }) in gains.iter().filter_map(|(n, gain)| Some((n, (*gain)?))) {
        let _ = write!(
            text,
            "\nGain in {name} over persistence, 95% of 1,000 draws of persons: {low:+.3} to {high:+.3}.\n"
        );
    }
    text.push_str("\n## Precision at k\n\n| riskiest | dates | lapsed, by the model | lapsed, by persistence |\n| ---: | ---: | ---: | ---: |\n");
    for at in &evaluation.precision_at {
        let _ = writeln!(
            text,
            "| {}% | {} | {:.3} | {:.3} |",
            at.percent, at.k, at.model, at.persistence
        );
    }
    text.push_str("\n## Reliability\n\nTenths of the dates by predicted risk: on the diagonal, as many lapsed as were predicted to.\n\n![Reliability](reliability.svg)\n");
    text
}

/// Draws the share that lapsed over the predicted risk, tenth by tenth.
pub fn reliability(bins: &[Bin]) -> String {
    // The axes end at the next tenth above everything that is shown.
    let most = bins.iter().map(|bin| bin.risk.max(bin.lapsed)).fold(0.1, f64::max);
    let most = ((most * 10.0 - 1e-9).ceil() / 10.0).min(1.0);
    let x = |value: f64| MARGIN + SIDE * value / most;
    let y = |value: f64| MARGIN / 2.0 + SIDE * (1.0 - value / most);
    let (width, height) = (SIDE + 1.5 * MARGIN, SIDE + 1.6 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for step in 0..=5 {
        let value = most * f64::from(step) / 5.0;
        let _ = write!(
            svg,
            "<line x1=\"{x0:.1}\" y1=\"{at:.1}\" x2=\"{x1:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\n<text x=\"{label:.1}\" y=\"{low:.1}\" text-anchor=\"end\">{value:.2}</text>\n<text x=\"{across:.1}\" y=\"{below:.1}\" text-anchor=\"middle\">{value:.2}</text>\n",
            x0 = x(0.0),
            x1 = x(most),
            at = y(value),
            label = x(0.0) - 6.0,
            low = y(value) + 4.0,
            across = x(value),
            below = y(0.0) + 16.0,
        );
    }
    let _ = writeln!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>",
        x(0.0),
        y(0.0),
        x(most),
        y(most)
    );
    let points: Vec<String> =
        bins.iter().map(|bin| format!("{:.1},{:.1}", x(bin.risk), y(bin.lapsed))).collect();
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#2f6f4f\" stroke-width=\"1.5\"/>",
        points.join(" ")
    );
    for bin in bins {
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"#2f6f4f\"/>",
            x(bin.risk),
            y(bin.lapsed)
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">predicted risk</text>\n<text transform=\"translate(12 {:.1}) rotate(-90)\" text-anchor=\"middle\">share that lapsed</text>\n</svg>\n",
        x(most / 2.0),
        y(0.0) + 34.0,
        y(most / 2.0)
    );
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::lapse::Precision;

    fn evaluation() -> Evaluation {
        let scores =
            Scores { n: 200, rate: 0.1, auroc: 0.8, ap: 0.4, brier: 0.06, ece: 0.01, p_at_10: 0.5 };
        Evaluation {
            model_version: "abcd".to_owned(),
            model: Some(scores),
            persistence: Some(Scores { auroc: 0.7, ..scores }),
            logistic: None,
            onset: Some(scores),
            onset_persistence: None,
            auroc_gain: Some(Interval { low: 0.02, high: 0.14 }),
            ap_gain: None,
            persons: 12,
            abstained: 3,
            precision_at: vec![Precision { percent: 5, k: 10, model: 0.6, persistence: 0.4 }],
            bins: vec![
                Bin { risk: 0.02, lapsed: 0.0, share: 0.5 },
                Bin { risk: 0.38, lapsed: 0.42, share: 0.5 },
            ],
        }
    }

    #[test]
    fn a_report_holds_every_score_that_there_is_and_no_other() {
        let text = markdown(&evaluation());
        assert!(text.contains("| model | 200 | 10.0% | 0.800 | 0.400 | 0.0600 | 0.010 | 0.500 |"));
        assert!(text.contains("| persistence | 200 | 10.0% | 0.700 |"));
        assert!(!text.contains("logistic"));
        assert!(
            text.contains("over persistence, 95% of 1,000 draws of persons: +0.020 to +0.140.")
        );
        assert!(text.contains("abstained on 3 dates"));
        assert!(text.contains("| 5% | 10 | 0.600 | 0.400 |"));
    }

    #[test]
    fn a_plot_has_a_point_for_every_bin_inside_its_frame() {
        let svg = reliability(&evaluation().bins);
        assert_eq!(svg.matches("<circle").count(), 2);
        // The axes end at 0.5: 0.38 stands at 44 + 320 * 0.38 / 0.5.
        assert!(svg.contains("cx=\"287.2\""), "{svg}");
        assert!(svg.contains(">0.50</text>"));
    }

    #[test]
    fn a_report_is_written_with_its_plot() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new");
        write(&evaluation(), &place).unwrap();
        assert_eq!(fs::read_to_string(place.join("lapse.md")).unwrap(), markdown(&evaluation()));
        assert!(fs::read_to_string(place.join("reliability.svg")).unwrap().starts_with("<svg"));
    }
}
