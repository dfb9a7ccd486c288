use regiment_core::testing::date;

use super::*;

fn labels() -> Labels {
    Labels {
        weight: "Weight, kg".to_owned(),
        adherence: "Done, % of what was ordered".to_owned(),
        lifts: "Top sets, estimated one-repetition maximum, kg".to_owned(),
        nothing: "Nothing is on record yet.".to_owned(),
    }
}

/// Twelve weeks of somebody who loses weight and gains strength, with a day here and there that
/// was not reported.
fn progress() -> Progress {
    let first = date("2026-09-01");
    let day = |n: i32| first.checked_add(n.days()).unwrap();
    let weight = |n: i32| {
        let level = 84.0 - 0.045 * f64::from(n);
        let noise = f64::from((n * 37) % 11 - 5) * 0.12;
        Weight {
            date: day(n),
            weigh_in: (n % 9 != 4).then_some(level + noise),
            level: (n >= 10).then_some([level, level - 0.5, level + 0.5]),
        }
    };
    let week = [1.0, 1.0, 0.86, 1.0, 0.55, 1.0, 0.0].into_iter().cycle();
    let lift = |name: &str, from: f64, step: f64| {
        let set = |n: i32| (day(n * 4), from + step * f64::from(n) + f64::from(n % 3));
        (name.to_owned(), (0..21).map(set).collect())
    };
    Progress {
        weights: (0..84).map(weight).collect(),
        days: (56..84).map(day).zip(week).collect(),
        lifts: vec![
            lift("Bench press", 92.0, 0.6),
            lift("Back squat", 128.0, 0.9),
            lift("Overhead press", 58.0, 0.3),
        ],
    }
}

fn decoded(bytes: &[u8]) -> (u32, u32, Vec<[u8; 3]>) {
    let mut reader = png::Decoder::new(bytes).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let pixels = pixels.chunks(3).map(|rgb| rgb.try_into().unwrap()).collect();
    (info.width, info.height, pixels)
}

/// Counts the pixels of a color in one of the three panels.
fn count(pixels: &[[u8; 3]], panel: usize, color: RGBColor) -> usize {
    let third = pixels.len() / 3;
    let RGBColor(r, g, b) = color;
    pixels[panel * third..][..third].iter().filter(|pixel| **pixel == [r, g, b]).count()
}

#[test]
fn the_picture_shows_weight_adherence_and_top_sets() {
    let png = draw(&progress(), &labels()).unwrap();
    assert!(png.len() < 300_000, "{} bytes", png.len());
    let (width, height, pixels) = decoded(&png);
    assert_eq!((width, height), (WIDTH, HEIGHT));
    for (panel, color, least) in [
        (0, LINE, 1_500),
        (0, INK, 1_500),
        (1, DONE, 10_000),
        (1, MOST, 4_000),
        (1, LITTLE, 2_000),
        (2, COLORS[0], 1_500),
        (2, COLORS[1], 1_500),
        (2, COLORS[2], 1_500),
    ] {
        let found = count(&pixels, panel, color);
        assert!(found > least, "{found} pixels of {color:?} in panel {panel}");
    }
    // The picture that the pages show is this one.
    let sample = "../docs/images/progress.png";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(sample);
    if std::env::var_os("REGIMENT_WRITE_SAMPLES").is_some() {
        std::fs::write(&path, &png).unwrap();
    }
    // Another processor may round a few edges otherwise.
    let (.., sample) = decoded(&std::fs::read(path).unwrap());
    let differ = sample.iter().zip(&pixels).filter(|(a, b)| a != b).count();
    assert!(differ < pixels.len() / 100, "{differ} pixels differ from the sample");
}

#[test]
fn where_nothing_is_on_record_it_says_so() {
    let png = draw(&Progress::default(), &labels()).unwrap();
    let (.., pixels) = decoded(&png);
    for panel in 0..3 {
        assert!(count(&pixels, panel, INK) > 100, "{}", count(&pixels, panel, INK));
        assert_eq!(count(&pixels, panel, LINE), 0);
    }
}

#[test]
fn one_day_and_values_all_alike_are_drawn_too() {
    let one = Progress {
        weights: vec![Weight { date: date("2026-11-24"), weigh_in: Some(80.0), level: None }],
        days: vec![(date("2026-11-24"), 0.0)],
        lifts: vec![(String::new(), vec![(date("2026-11-24"), 100.0)])],
    };
    let (.., pixels) = decoded(&draw(&one, &labels()).unwrap());
    assert!(count(&pixels, 1, LITTLE) > 20);
}

#[test]
fn an_axis_shows_dates() {
    assert_eq!(on(date("2026-11-24"), 0.4), "24 Nov");
    assert_eq!(on(date("2026-11-24"), 7.6), "2 Dec");
    assert_eq!(on(Date::MAX, 10.0), "");
}
