//! A client's progress as one picture: weight, adherence and top sets, each with its own dates.

use std::sync::LazyLock;

use jiff::{ToSpan, civil::Date};
use plotters::{
    coord::{Shift, types::RangedCoordf64},
    prelude::*,
    style::{FontStyle, TextStyle, register_font},
};
use thiserror::Error;

/// The picture's size in pixels.
pub(crate) const WIDTH: u32 = 1000;
pub(crate) const HEIGHT: u32 = 1200;

/// How many lifts are drawn: as many as can be told apart.
pub(crate) const LIFTS: usize = 4;

const FONT: &str = "progress";

const PAPER: RGBColor = RGBColor(30, 31, 34);
const INK: RGBColor = RGBColor(219, 222, 225);
const GRID: RGBColor = RGBColor(63, 66, 72);
const LINE: RGBColor = RGBColor(88, 166, 255);
const DONE: RGBColor = RGBColor(63, 185, 80);
const MOST: RGBColor = RGBColor(210, 153, 34);
const LITTLE: RGBColor = RGBColor(218, 54, 51);
const COLORS: [RGBColor; LIFTS] = [LINE, DONE, RGBColor(227, 127, 219), RGBColor(240, 180, 60)];

/// What there is to draw.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Progress {
    pub(crate) weights: Vec<Weight>,
    /// What was done of what was asked, 0 to 1, date by date; dates on which nothing was are left out.
    pub(crate) days: Vec<(Date, f64)>,
    /// Estimated one-repetition maxima in kg, by the exercise's name.
    pub(crate) lifts: Vec<(String, Vec<(Date, f64)>)>,
}

/// The weight on a date, in kg.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weight {
    pub(crate) date: Date,
    /// What the scale showed.
    pub(crate) weigh_in: Option<f64>,
    /// The level without noise, between its limits.
    pub(crate) level: Option<[f64; 3]>,
}

/// What the picture says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Labels {
    pub(crate) weight: String,
    pub(crate) adherence: String,
    pub(crate) lifts: String,
    pub(crate) nothing: String,
}

/// Why there is no picture.
#[derive(Debug, Error)]
pub(crate) enum ChartError {
    /// It can't be drawn.
    #[error("the chart can't be drawn: {0}")]
    Drawing(String),
    /// It can't be written as PNG.
    #[error("the chart can't be written")]
    Png(#[from] png::EncodingError),
}

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for ChartError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self::Drawing(error.to_string())
    }
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Axes<'a, 'b> =
    ChartContext<'a, BitMapBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Draws the picture, as PNG.
///
/// # Errors
/// [`ChartError`]; none is known to happen.
pub(crate) fn draw(progress: &Progress, labels: &Labels) -> Result<Vec<u8>, ChartError> {
    LazyLock::force(&FONTS);
    let mut pixels = vec![0; (WIDTH * HEIGHT * 3) as usize];
    {
        let picture = BitMapBackend::with_buffer(&mut pixels, (WIDTH, HEIGHT)).into_drawing_area();
        picture.fill(&PAPER)?;
        let panels = picture.margin(16, 16, 16, 28).split_evenly((3, 1));
        weight(&panels[0], &progress.weights, labels)?;
        adherence(&panels[1], &progress.days, labels)?;
        lifts(&panels[2], &progress.lifts, labels)?;
        picture.present()?;
    }
    encode(&pixels)
}

static FONTS: LazyLock<()> = LazyLock::new(|| {
    let font = epaint_default_fonts::UBUNTU_LIGHT;
    // A font that is not there leaves the picture without words, and a test without luck.
    let _ = register_font(FONT, FontStyle::Normal, font);
});

fn weight(area: &Area<'_>, weights: &[Weight], labels: &Labels) -> Result<(), ChartError> {
    let seen: Vec<&Weight> =
        weights.iter().filter(|it| it.weigh_in.is_some() || it.level.is_some()).collect();
    let Some(first) = seen.first().map(|it| it.date) else {
        return nothing(area, &labels.weight, labels);
    };
    let at = |date| days(first, date);
    let values =
        seen.iter().flat_map(|it| it.weigh_in.into_iter().chain(it.level.into_iter().flatten()));
    let last = seen.last().map_or(0.0, |it| at(it.date));
    let mut axes = axes(area, &labels.weight, first, last, around(values))?;
    let levels = || seen.iter().filter_map(|it| Some((at(it.date), it.level?)));
    let band: Vec<(f64, f64)> = levels()
        .map(|(x, [_, _, high])| (x, high))
        .chain(levels().map(|(x, [_, low, _])| (x, low)).collect::<Vec<_>>().into_iter().rev())
        .collect();
    axes.draw_series([Polygon::new(band, LINE.mix(0.25))])?;
    axes.draw_series(LineSeries::new(
        levels().map(|(x, [level, ..])| (x, level)),
        LINE.stroke_width(3),
    ))?;
    let points = seen.iter().filter_map(|it| Some((at(it.date), it.weigh_in?)));
    axes.draw_series(points.map(|point| Circle::new(point, 4, INK.filled())))?;
    Ok(())
}

fn adherence(area: &Area<'_>, done: &[(Date, f64)], labels: &Labels) -> Result<(), ChartError> {
    let Some(&(first, _)) = done.first() else {
        return nothing(area, &labels.adherence, labels);
    };
    let last = done.last().map_or(0.0, |(date, _)| days(first, *date));
    let mut axes = axes(area, &labels.adherence, first, last, (0.0, 100.0))?;
    axes.draw_series(done.iter().map(|&(date, share)| {
        let color = if share > 0.999 {
            DONE
        } else if share >= 0.8 {
            MOST
        } else {
            LITTLE
        };
        let x = days(first, date);
        // A day on which nothing was done is seen as well.
        Rectangle::new([(x - 0.4, 0.0), (x + 0.4, (share * 100.0).max(1.0))], color.filled())
    }))?;
    Ok(())
}

fn lifts(
    area: &Area<'_>,
    lifts: &[(String, Vec<(Date, f64)>)],
    labels: &Labels,
) -> Result<(), ChartError> {
    let lifts = &lifts[..lifts.len().min(LIFTS)];
    let dates = || lifts.iter().flat_map(|(_, sets)| sets.iter().map(|(date, _)| *date));
    let (Some(first), Some(last)) = (dates().min(), dates().max()) else {
        return nothing(area, &labels.lifts, labels);
    };
    let values = lifts.iter().flat_map(|(_, sets)| sets.iter().map(|(_, kg)| *kg));
    // The names stand above the lines.
    let (low, high) = around(values);
    let limits = (low, high + (high - low) * 0.4);
    let mut axes = axes(area, &labels.lifts, first, days(first, last), limits)?;
    for ((name, sets), color) in lifts.iter().zip(COLORS) {
        let points = || sets.iter().map(|(date, kg)| (days(first, *date), *kg));
        axes.draw_series(LineSeries::new(points(), color.stroke_width(3)))?
            .label(name.clone())
            .legend(move |(x, y)| Rectangle::new([(x, y - 6), (x + 18, y + 6)], color.filled()));
        axes.draw_series(points().map(|point| Circle::new(point, 4, color.filled())))?;
    }
    axes.configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font(font(18))
        .background_style(PAPER.mix(0.8))
        .border_style(GRID)
        .draw()?;
    Ok(())
}

/// Draws title, axes and grid of a panel that begins with a date and lasts so many days.
fn axes<'a, 'b>(
    area: &'a Area<'b>,
    title: &str,
    first: Date,
    last: f64,
    (low, high): (f64, f64),
) -> Result<Axes<'a, 'b>, ChartError> {
    let mut axes = ChartBuilder::on(area)
        .caption(title, font(26))
        .margin(8)
        .x_label_area_size(34)
        .y_label_area_size(64)
        .build_cartesian_2d(-0.6..last.max(6.0) + 0.6, low..high)?;
    axes.configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(PAPER)
        .axis_style(GRID)
        .label_style(font(18))
        .x_labels(8)
        .y_labels(6)
        .x_label_formatter(&|x| on(first, *x))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .draw()?;
    Ok(axes)
}

fn nothing(area: &Area<'_>, title: &str, labels: &Labels) -> Result<(), ChartError> {
    let area = area.titled(title, font(26))?;
    let (width, height) = area.dim_in_pixel();
    let middle = (width.cast_signed() / 2 - 100, height.cast_signed() / 2);
    area.draw(&Text::new(labels.nothing.clone(), middle, font(22)))?;
    Ok(())
}

fn font(size: u32) -> TextStyle<'static> {
    TextStyle::from((FONT, size).into_font()).color(&INK)
}

/// Returns limits that leave some room around values.
fn around(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) =
        values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
    let room = ((high - low) * 0.15).max(1.0);
    (low - room, high + room)
}

fn days(first: Date, date: Date) -> f64 {
    first.until(date).map_or(0.0, |span| f64::from(span.get_days()))
}

/// Writes the date so many days after another: `24 Nov`.
fn on(first: Date, x: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "an axis is not that long")]
    let days = x.round() as i32;
    first
        .checked_add(days.days())
        .map_or_else(|_| String::new(), |date| date.strftime("%-d %b").to_string())
}

fn encode(pixels: &[u8]) -> Result<Vec<u8>, ChartError> {
    let mut written = Vec::new();
    let mut encoder = png::Encoder::new(&mut written, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(written)
}

#[cfg(test)]
mod tests;
