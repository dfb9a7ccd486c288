//! How streams end when the server stops.

use futures_util::{Stream, StreamExt as _, stream};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::status;

/// Passes a stream on until the server stops, and then ends it with UNAVAILABLE and when to come again.
pub(super) fn until_stopped<T: Send>(
    items: impl Stream<Item = Result<T, Status>> + Send,
    stopping: CancellationToken,
) -> impl Stream<Item = Result<T, Status>> + Send {
    let told = stopping.clone().cancelled_owned();
    let last =
        stream::once(async move { stopping.is_cancelled().then(|| Err(status::stopping())) });
    items.take_until(told).map(Some).chain(last).filter_map(std::future::ready)
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;

    #[tokio::test]
    async fn a_stream_ends_as_unavailable_when_the_server_stops() {
        let stopping = CancellationToken::new();
        let endless = stream::once(async { Ok(1) }).chain(stream::pending());
        let mut items = std::pin::pin!(until_stopped(endless, stopping.clone()));
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        stopping.cancel();
        let last = items.next().await.unwrap().unwrap_err();
        assert_eq!(last.code(), Code::Unavailable);
        assert!(items.next().await.is_none());
    }

    #[tokio::test]
    async fn a_stream_that_ends_by_itself_ends_well() {
        let done = stream::iter([Ok(1), Ok(2)]);
        let items: Vec<_> = until_stopped(done, CancellationToken::new()).collect().await;
        assert!(matches!(items[..], [Ok(1), Ok(2)]), "{items:?}");
    }
}
