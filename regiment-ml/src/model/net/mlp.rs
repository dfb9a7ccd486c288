//! A perceptron with one hidden layer over standardized features.

use candle_core::{Result, Tensor};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;

use super::{Net, Weights, constant, draw};

/// Hidden units.
const HIDDEN: usize = 16;

/// The perceptron.
#[derive(Debug)]
pub(crate) struct Mlp {
    width: usize,
    weights: Weights,
}

impl Mlp {
    /// Draws a net; `bias` is the log-odds that it begins with.
    pub(crate) fn new(width: usize, bias: f32, seed: u64) -> Result<Self> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bound = |fan: usize| 1.0 / f32::from(u16::try_from(fan).unwrap_or(u16::MAX)).sqrt();
        let weights = [
            ("mlp.hidden.weight", draw(&mut rng, (width, HIDDEN), bound(width))?),
            ("mlp.hidden.bias", constant(HIDDEN, 0.0)?),
            ("mlp.out.weight", draw(&mut rng, (HIDDEN, 1), bound(HIDDEN))?),
            ("mlp.out.bias", constant(1, bias)?),
        ];
        Ok(Self { width, weights: weights.map(|(name, var)| (name.to_owned(), var)).into() })
    }
}

impl Net for Mlp {
    fn width(&self) -> usize {
        self.width
    }

    fn weights(&self) -> &Weights {
        &self.weights
    }

    fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let weight = |name: &str| self.weights[name].as_tensor();
        let hidden = rows.matmul(weight("mlp.hidden.weight"))?;
        let hidden = hidden.broadcast_add(weight("mlp.hidden.bias"))?.tanh()?;
        let out = hidden.matmul(weight("mlp.out.weight"))?;
        out.broadcast_add(weight("mlp.out.bias"))?.squeeze(1)
    }
}
