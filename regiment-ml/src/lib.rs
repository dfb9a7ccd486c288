//! Log frames of The Regiment: records as Parquet files, and back.

pub mod frame;
