//! What the commands over folders of frames share.

use std::path::Path;

use regiment_ml::frame::Extent;
use regiment_ml::history::History;
use regiment_ml::model::LapseModel;

/// The shipped model or one's own.
pub(super) enum Model {
    Shipped,
    Own(Box<LapseModel>),
}

impl AsRef<LapseModel> for Model {
    fn as_ref(&self) -> &LapseModel {
        match self {
            Self::Shipped => LapseModel::shipped(),
            Self::Own(model) => model,
        }
    }
}

/// Reads the model in a folder, or takes the shipped one.
pub(super) fn model(folder: Option<&Path>) -> anyhow::Result<Model> {
    Ok(match folder {
        Some(folder) => Model::Own(Box::new(LapseModel::load(folder)?)),
        None => Model::Shipped,
    })
}

/// Reads all logs of a folder.
pub(super) fn history(folder: &Path) -> anyhow::Result<History> {
    Ok(History::read(folder, Extent::All)?)
}
