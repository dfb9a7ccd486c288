//! A gated recurrent unit over the last 28 days.

use candle_core::{Result, Tensor};
use candle_nn::ops::sigmoid;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::{Net, Weights, constant, draw};

/// Hidden units.
const HIDDEN: usize = 16;

/// The recurrent net: reset, update and candidate gates of each day stand side by side.
#[derive(Debug)]
pub(crate) struct Gru {
    days: usize,
    channels: usize,
    weights: Weights,
}

impl Gru {
    /// Draws a net; `bias` is the log-odds that it begins with.
    pub(crate) fn new(days: usize, channels: usize, bias: f32, seed: u64) -> Result<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bound = |fan: usize| 1.0 / f32::from(u16::try_from(fan).unwrap_or(u16::MAX)).sqrt();
        let weights = [
            ("gru.day.weight", draw(&mut rng, (channels, 3 * HIDDEN), 0.7 * bound(channels))?),
            ("gru.day.bias", constant(3 * HIDDEN, 0.0)?),
            ("gru.state.weight", draw(&mut rng, (HIDDEN, 3 * HIDDEN), bound(HIDDEN))?),
            ("gru.state.bias", constant(HIDDEN, 0.0)?),
            ("gru.out.weight", draw(&mut rng, (HIDDEN, 1), bound(HIDDEN))?),
            ("gru.out.bias", constant(1, bias)?),
        ];
        let weights = weights.map(|(name, var)| (name.to_owned(), var)).into();
        Ok(Self { days, channels, weights })
    }
}

impl Net for Gru {
    fn width(&self) -> usize {
        self.days * self.channels
    }

    fn weights(&self) -> &Weights {
        &self.weights
    }

    fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let weight = |name: &str| self.weights[name].as_tensor();
        let n = rows.dim(0)?;
        // Every day's gates at once, one day after the other in memory.
        let days = rows.reshape((n, self.days, self.channels))?.transpose(0, 1)?.contiguous()?;
        let days = days.reshape((self.days * n, self.channels))?;
        let gates = days.matmul(weight("gru.day.weight"))?;
        let gates = gates.broadcast_add(weight("gru.day.bias"))?;
        let mut state = Tensor::zeros((n, HIDDEN), rows.dtype(), rows.device())?;
        for day in 0..self.days {
            let asked = gates.narrow(0, day * n, n)?;
            let known = state.matmul(weight("gru.state.weight"))?;
            let gate = |at: usize| {
                sigmoid(&(asked.narrow(1, at, HIDDEN)? + known.narrow(1, at, HIDDEN)?)?)
            };
            let (reset, update) = (gate(0)?, gate(HIDDEN)?);
            let memory = known.narrow(1, 2 * HIDDEN, HIDDEN)?;
            let memory = (reset * memory.broadcast_add(weight("gru.state.bias"))?)?;
            let candidate = (asked.narrow(1, 2 * HIDDEN, HIDDEN)? + memory)?.tanh()?;
            state = (&candidate + (update * (state - &candidate)?)?)?;
        }
        let out = state.matmul(weight("gru.out.weight"))?;
        out.broadcast_add(weight("gru.out.bias"))?.squeeze(1)
    }
}
