//! Small candle nets, trained by one thread from a seed: the same rows give the same bytes.
//!
//! No layer norm, whose fused kernel has no gradient, and no loss of the library's, which is `NaN`
//! for extreme logits.

mod gru;
mod mlp;

use std::collections::BTreeMap;

use candle_core::{D, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer as _, ParamsAdamW};
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

pub(crate) use self::gru::Gru;
pub(crate) use self::mlp::Mlp;

/// Rows of one training step.
const BATCH: usize = 256;

/// Rows that are scored at a time.
const SCORED: usize = 512;

/// Trainable tensors by name, in the order of the names.
pub(crate) type Weights = BTreeMap<String, Var>;

/// A net that gives the log-odds of a lapse.
pub(crate) trait Net: Sized {
    /// How many numbers a row has.
    fn width(&self) -> usize;

    /// Its tensors.
    fn weights(&self) -> &Weights;

    /// Returns the log-odds of a batch of rows, (rows, width) to (rows).
    fn forward(&self, rows: &Tensor) -> Result<Tensor>;
}

/// How long and how fast a net learns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    /// How often each row is seen.
    pub(crate) epochs: usize,
    /// The learning rate at the start; it falls to zero along a cosine.
    pub(crate) rate: f64,
    /// How much of a weight decays per step, times the learning rate.
    pub(crate) decay: f64,
}

/// Fits a net to rows. `tick` is called after every step with the part that is done.
pub(crate) fn fit<N: Net>(
    net: &N,
    rows: &[&[f32]],
    lapsed: &[bool],
    schedule: Schedule,
    seed: u64,
    tick: &mut dyn FnMut(f64),
) -> Result<()> {
    let vars = net.weights().values().cloned().collect();
    let config =
        ParamsAdamW { lr: schedule.rate, weight_decay: schedule.decay, ..ParamsAdamW::default() };
    let mut optimizer = AdamW::new(vars, config)?;
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let steps = schedule.epochs * rows.len().div_ceil(BATCH);
    let mut step = 0;
    for _ in 0..schedule.epochs {
        order.shuffle(&mut rng);
        for batch in order.chunks(BATCH) {
            let done = crate::eval::scores::ratio(step, steps);
            optimizer.set_learning_rate(
                schedule.rate * 0.5 * (1.0 + (std::f64::consts::PI * done).cos()),
            );
            let target: Vec<f32> =
                batch.iter().map(|at| if lapsed[*at] { 1.0 } else { 0.0 }).collect();
            let target = Tensor::from_vec(target, batch.len(), &Device::Cpu)?;
            let batch = tensor(net.width(), batch.iter().map(|at| rows[*at]))?;
            optimizer.backward_step(&loss(&net.forward(&batch)?, &target)?)?;
            step += 1;
            tick(done);
        }
    }
    Ok(())
}

/// Returns the log-odds of rows.
pub(crate) fn log_odds<N: Net>(net: &N, rows: &[&[f32]]) -> Result<Vec<f64>> {
    let mut all = Vec::with_capacity(rows.len());
    for rows in rows.chunks(SCORED) {
        let logits = net.forward(&tensor(net.width(), rows.iter().copied())?)?;
        all.extend(logits.to_vec1::<f32>()?.into_iter().map(f64::from));
    }
    Ok(all)
}

/// Runs what computes with tensors on one thread, whatever the environment says.
pub(crate) fn single_threaded<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(run),
        Err(_) => run(),
    }
}

/// The mean cross-entropy of log-odds, finite for any: max(x, 0) - x y + ln(1 + exp(-|x|)).
fn loss(logits: &Tensor, target: &Tensor) -> Result<Tensor> {
    let rest = (logits.abs()?.neg()?.exp()? + 1.0)?.log()?;
    ((logits.relu()? - (logits * target)?)? + rest)?.mean(D::Minus1)
}

fn tensor<'a>(width: usize, rows: impl Iterator<Item = &'a [f32]>) -> Result<Tensor> {
    let values: Vec<f32> = rows.flat_map(|row| row.iter().copied()).collect();
    let n = values.len() / width;
    Tensor::from_vec(values, (n, width), &Device::Cpu)
}

/// Draws a matrix from U(-bound, bound).
fn draw(rng: &mut ChaCha8Rng, shape: (usize, usize), bound: f32) -> Result<Var> {
    let values = (0..shape.0 * shape.1).map(|_| rng.random_range(-bound..bound)).collect();
    Var::from_tensor(&Tensor::from_vec::<_, f32>(values, shape, &Device::Cpu)?)
}

/// A row of one value.
fn constant(width: usize, value: f32) -> Result<Var> {
    Var::from_tensor(&Tensor::full(value, (1, width), &Device::Cpu)?)
}

#[cfg(test)]
mod tests;
