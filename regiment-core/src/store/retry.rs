//! Making a transaction again when another was in the way.

use std::time::Duration;

/// Makes `attempt` up to three times, while `again` says that its error may pass, and waits
/// `backoff[n]` after the n-th failure. Returns the last outcome.
///
/// The attempt is a whole transaction, from `begin` to `commit`: what it read may have changed.
pub async fn retry<T, E, F: Future<Output = Result<T, E>>>(
    backoff: [Duration; 2],
    again: impl Fn(&E) -> bool,
    mut attempt: impl FnMut() -> F,
) -> Result<T, E> {
    for wait in backoff {
        match attempt().await {
            Err(error) if again(&error) => tokio::time::sleep(wait).await,
            outcome => return outcome,
        }
    }
    attempt().await
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn outcome_after(failures: u32, again: bool) -> (Result<u32, &'static str>, u32) {
        let mut made = 0;
        let outcome = retry(
            [Duration::ZERO; 2],
            |_| again,
            || {
                made += 1;
                let made = made;
                async move { if made > failures { Ok(made) } else { Err("busy") } }
            },
        )
        .await;
        (outcome, made)
    }

    #[tokio::test]
    async fn a_transaction_is_made_three_times_at_most() {
        assert_eq!(outcome_after(0, true).await, (Ok(1), 1));
        assert_eq!(outcome_after(2, true).await, (Ok(3), 3));
        assert_eq!(outcome_after(3, true).await, (Err("busy"), 3));
    }

    #[tokio::test]
    async fn an_error_that_does_not_pass_is_returned_at_once() {
        assert_eq!(outcome_after(1, false).await, (Err("busy"), 1));
    }
}
