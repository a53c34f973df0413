//! Several nodes on a bus that loses what it is told to lose: what a broker between nodes is, without a
//! network.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use adda_realtime::{Broker, Envelope, Hub, Link, Topic};
use async_trait::async_trait;
use bytes::Bytes;

/// How the next envelope is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Nobody notices.
    Silent,
    /// The nodes are told that something was lost.
    Reported,
}

#[derive(Debug, Default)]
struct Bus {
    nodes: Vec<Node>,
    lose: Option<Loss>,
}

#[derive(Debug)]
struct Node {
    hub: Arc<Hub>,
    link: Link,
    interests: HashSet<Topic>,
    /// On the way to this node, in their form on a wire.
    on_the_way: VecDeque<Bytes>,
}

/// One node's end of the bus.
#[derive(Debug)]
pub(crate) struct BusBroker {
    bus: Arc<Mutex<Bus>>,
    at: usize,
}

impl BusBroker {
    /// A broker for each of these hubs.
    pub(crate) fn for_all(hubs: impl IntoIterator<Item = Arc<Hub>>) -> Vec<Self> {
        let node = |(number, hub): (usize, Arc<Hub>)| Node {
            link: Link::new(hub.clone(), number as u64),
            hub,
            interests: HashSet::new(),
            on_the_way: VecDeque::new(),
        };
        let nodes: Vec<_> = hubs.into_iter().enumerate().map(node).collect();
        let count = nodes.len();
        let bus = Arc::new(Mutex::new(Bus { nodes, lose: None }));
        (0..count).map(|at| Self { bus: bus.clone(), at }).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Bus> {
        self.bus.lock().unwrap()
    }

    /// The next envelope does not arrive on other nodes.
    pub(crate) fn loses_the_next(&self, loss: Loss) {
        self.lock().lose = Some(loss);
    }

    /// Everything that is on its way arrives.
    pub(crate) fn carry(&self) {
        for node in &mut self.lock().nodes {
            for bytes in node.on_the_way.drain(..) {
                node.link.receive(bytes, Instant::now()).unwrap();
            }
        }
    }

    /// This node says how many it has sent.
    pub(crate) fn beats(&self) {
        let mut bus = self.lock();
        let bytes = bus.nodes[self.at].link.beat(Instant::now());
        for (at, node) in bus.nodes.iter_mut().enumerate() {
            if at != self.at {
                node.on_the_way.push_back(bytes.clone());
            }
        }
    }
}

#[async_trait]
impl Broker for BusBroker {
    fn publish(&self, envelope: Envelope) {
        let mut bus = self.lock();
        let (topic, lose) = (envelope.topic(), bus.lose.take());
        let bytes = bus.nodes[self.at].link.send(&envelope);
        for (at, node) in bus.nodes.iter_mut().enumerate() {
            if at == self.at {
                node.hub.deliver(envelope.clone());
            } else if lose == Some(Loss::Reported) {
                node.hub.may_have_missed();
            } else if lose.is_none() && topic.is_none_or(|topic| node.interests.contains(&topic)) {
                node.on_the_way.push_back(bytes.clone());
            }
        }
    }

    async fn subscribe(&self, topics: &[Topic]) {
        self.lock().nodes[self.at].interests.extend(topics);
    }

    fn unsubscribe(&self, topic: Topic) {
        let node = &mut self.lock().nodes[self.at];
        if !node.hub.is_subscribed(topic) {
            node.interests.remove(&topic);
        }
    }

    fn may_lose(&self) -> bool {
        true
    }
}
