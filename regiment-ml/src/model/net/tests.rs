use super::*;

const DAYS: usize = 6;
const CHANNELS: usize = 3;

fn gru(seed: u64) -> Gru {
    Gru::new(DAYS, CHANNELS, -1.0, seed).unwrap()
}

/// Rows of noise in which the last day's first channel decides.
fn rows(n: usize) -> (Vec<Vec<f32>>, Vec<bool>) {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let rows: Vec<Vec<f32>> = (0..n)
        .map(|_| (0..DAYS * CHANNELS).map(|_| rng.random_range(-1.0..1.0)).collect())
        .collect();
    let lapsed = rows.iter().map(|row| row[(DAYS - 1) * CHANNELS] > 0.4).collect();
    (rows, lapsed)
}

fn bytes(weights: &Weights) -> Vec<Vec<u32>> {
    let values = |var: &Var| var.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    weights.values().map(|var| values(var).iter().map(|v| v.to_bits()).collect()).collect()
}

const SCHEDULE: Schedule = Schedule { epochs: 8, rate: 0.02, decay: 0.01 };

fn learns<N: Net>(net: &N) {
    let (rows, lapsed) = rows(2_000);
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    fit(net, &rows, &lapsed, SCHEDULE, 1, &mut |_| ()).unwrap();
    let logits = log_odds(net, &rows).unwrap();
    let mean = |which: bool| {
        let of: Vec<f64> =
            logits.iter().zip(&lapsed).filter(|(_, y)| **y == which).map(|(l, _)| *l).collect();
        of.iter().sum::<f64>() / crate::eval::scores::ratio(of.len(), 1)
    };
    assert!(mean(true) > mean(false) + 2.0, "{} {}", mean(true), mean(false));
}

fn moves<N: Net>(net: &N) {
    let (rows, lapsed) = rows(64);
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    let before = bytes(net.weights());
    let once = Schedule { epochs: 1, rate: 0.01, decay: 0.0 };
    fit(net, &rows, &lapsed, once, 1, &mut |_| ()).unwrap();
    for ((name, before), after) in net.weights().keys().zip(before).zip(bytes(net.weights())) {
        assert_ne!(before, after, "{name} did not move");
    }
}

#[test]
fn every_trainable_tensor_moves_in_one_step() {
    moves(&gru(1));
    moves(&Mlp::new(DAYS * CHANNELS, -1.0, 1).unwrap());
}

#[test]
fn what_lapses_gets_the_higher_log_odds() {
    learns(&gru(1));
    learns(&Mlp::new(DAYS * CHANNELS, -1.0, 1).unwrap());
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let (rows, lapsed) = rows(600);
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    let run = |seed| {
        let net = gru(seed);
        single_threaded(|| fit(&net, &rows, &lapsed, SCHEDULE, seed, &mut |_| ())).unwrap();
        bytes(net.weights())
    };
    assert_eq!(run(4), run(4));
    assert_ne!(run(4), run(5));
}

#[test]
fn the_loss_and_its_gradient_are_finite_for_extreme_logits() {
    let logits = Var::from_tensor(
        &Tensor::new(&[-120.0_f32, -40.0, 0.0, 40.0, 120.0], &Device::Cpu).unwrap(),
    )
    .unwrap();
    for target in [0.0_f32, 1.0] {
        let target = Tensor::full(target, 5, &Device::Cpu).unwrap();
        let loss = loss(&logits, &target).unwrap();
        assert!(loss.to_scalar::<f32>().unwrap().is_finite());
        let grads = loss.backward().unwrap();
        let slope = grads.get(&logits).unwrap().to_vec1::<f32>().unwrap();
        assert!(slope.iter().all(|value| value.is_finite()), "{slope:?}");
    }
    let sure = loss(&logits, &Tensor::full(1.0_f32, 5, &Device::Cpu).unwrap()).unwrap();
    let expected = (120.0 + 40.0 + 2.0_f32.ln()) / 5.0;
    assert!((sure.to_scalar::<f32>().unwrap() - expected).abs() < 1e-3);
}

#[test]
fn a_row_alone_scores_as_it_does_among_others() {
    let (rows, _) = rows(700);
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    let net = gru(2);
    let all = log_odds(&net, &rows).unwrap();
    for at in [0, 511, 512, 699] {
        let alone = log_odds(&net, &rows[at..=at]).unwrap()[0];
        assert!((alone - all[at]).abs() < 1e-5, "{alone} {}", all[at]);
    }
}
