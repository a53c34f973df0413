//! One socket's queue.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use adda_realtime::{CloseReason, Outbox, Signal};
use bytes::Bytes;
use uuid::Uuid;

use crate::support::{Got, ROOM, drain, drain_once, frame};

#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn outbox() -> Outbox {
    Outbox::new(1, Uuid::nil(), None)
}

#[test]
fn a_queue_holds_192_kib_of_frames_and_no_more() {
    let outbox = outbox();
    let kib = Bytes::from(vec![b'x'; 1_024]);
    for _ in 0..1_000 {
        outbox.push_hint(&kib);
    }
    let held = drain_once(&outbox).unwrap().len();
    assert_eq!(held * 1_024, Outbox::MAX_BYTES);
    assert_eq!(Outbox::MAX_BYTES, 192 * 1024);
    outbox.push_hint(&kib);
    assert!(drain_once(&outbox).unwrap().is_empty(), "what is being written still counts");
    outbox.push_hint(&kib);
    assert_eq!(drain(&outbox).unwrap().len(), 1, "what was written makes place");
}

#[test]
fn frames_and_signals_come_out_in_the_order_in_which_they_went_in() {
    let outbox = outbox();
    outbox.push_hint(&Bytes::from_static(b"one"));
    outbox.signal(Signal::Added(ROOM));
    outbox.push_hint(&Bytes::from_static(b"two"));
    let expected = vec![frame("one"), Got::Signal(Signal::Added(ROOM)), frame("two")];
    assert_eq!(drain(&outbox), Ok(expected));
    assert_eq!(drain(&outbox), Ok(vec![]));
}

#[test]
fn a_signal_fits_into_a_full_queue() {
    let outbox = outbox();
    outbox.push_hint(&Bytes::from(vec![b'x'; Outbox::MAX_BYTES]));
    outbox.signal(Signal::Behind(ROOM));
    assert_eq!(drain(&outbox).unwrap().len(), 2);
}

#[test]
fn the_order_to_close_overtakes_the_queue_and_the_first_reason_stands() {
    let outbox = outbox();
    outbox.push_hint(&Bytes::from_static(b"one"));
    outbox.close(CloseReason::SessionRevoked);
    outbox.close(CloseReason::MissedState);
    assert_eq!(drain(&outbox), Err(CloseReason::SessionRevoked));
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(outbox.poll_close(&mut context), Poll::Ready(CloseReason::SessionRevoked));
}

#[test]
fn whoever_waits_is_woken_by_a_frame_a_signal_and_the_order_to_close() {
    type Act = fn(&Outbox);
    let acts: [Act; 3] = [
        |outbox| outbox.push_hint(&Bytes::from_static(b"one")),
        |outbox| outbox.signal(Signal::Added(ROOM)),
        |outbox| outbox.close(CloseReason::MissedState),
    ];
    for act in acts {
        let (outbox, bell) = (outbox(), Arc::new(Bell::default()));
        let waker = Waker::from(bell.clone());
        let mut context = Context::from_waker(&waker);
        assert!(outbox.poll_drain(&mut context, &mut VecDeque::new()).is_pending());
        assert_eq!(bell.0.load(Ordering::Relaxed), 0);
        act(&outbox);
        assert_eq!(bell.0.load(Ordering::Relaxed), 1);
        assert!(outbox.poll_drain(&mut context, &mut VecDeque::new()).is_ready());
    }
}

#[test]
fn while_the_queue_cannot_be_drained_the_order_to_close_is_heard() {
    let (outbox, bell) = (outbox(), Arc::new(Bell::default()));
    let waker = Waker::from(bell.clone());
    let mut context = Context::from_waker(&waker);
    assert!(outbox.poll_close(&mut context).is_pending());
    outbox.close(CloseReason::AccountDisabled);
    assert_eq!(bell.0.load(Ordering::Relaxed), 1);
    assert_eq!(outbox.poll_close(&mut context), Poll::Ready(CloseReason::AccountDisabled));
}
