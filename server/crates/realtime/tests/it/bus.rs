//! Several nodes on a bus that loses what it is told to lose: what a broker between nodes is, without a
//! network.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use adda_realtime::{Broker, Elsewhere, Envelope, Hub, Link, Packet, Received, Seal, To, Topic};
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
    elsewhere: Arc<Elsewhere>,
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
        let node = |(number, hub): (usize, Arc<Hub>)| {
            let elsewhere = Arc::new(Elsewhere::default());
            let link = new_link(hub.clone(), elsewhere.clone(), number as u64);
            let (interests, on_the_way) = (HashSet::new(), VecDeque::new());
            Node { hub, elsewhere, link, interests, on_the_way }
        };
        let nodes: Vec<_> = hubs.into_iter().enumerate().map(node).collect();
        let count = nodes.len();
        let bus = Arc::new(Mutex::new(Bus { nodes, lose: None }));
        let brokers: Vec<_> = (0..count).map(|at| Self { bus: bus.clone(), at }).collect();
        for at in 0..count {
            let hello = bus.lock().unwrap().nodes[at].link.hello();
            bus.lock().unwrap().send(at, hello);
        }
        brokers[0].carry();
        bus.lock().unwrap().nodes.iter_mut().for_each(|node| node.link.begin());
        brokers
    }

    fn lock(&self) -> MutexGuard<'_, Bus> {
        self.bus.lock().unwrap()
    }

    /// The next envelope does not arrive on other nodes.
    pub(crate) fn loses_the_next(&self, loss: Loss) {
        self.lock().lose = Some(loss);
    }

    /// Everything that is on its way arrives, and what is answered to it.
    pub(crate) fn carry(&self) {
        let mut bus = self.lock();
        while let Some(at) = bus.nodes.iter().position(|node| !node.on_the_way.is_empty()) {
            let node = &mut bus.nodes[at];
            let bytes = node.on_the_way.pop_front().unwrap();
            let received = node.link.receive(&bytes, Instant::now()).unwrap();
            let Received::Heard(answers) = received else { panic!("an echo") };
            bus.send(at, answers);
        }
    }

    /// This node says how many it has sent.
    pub(crate) fn beats(&self) {
        let mut bus = self.lock();
        let beat = bus.nodes[self.at].link.beat();
        bus.send(self.at, [beat]);
    }

    /// Who is online on other nodes.
    pub(crate) fn elsewhere(&self) -> Arc<Elsewhere> {
        self.lock().nodes[self.at].elsewhere.clone()
    }
}

/// A link whose secret and number tests know.
pub(crate) fn new_link(hub: Arc<Hub>, elsewhere: Arc<Elsewhere>, node: u64) -> Link {
    Link::new(hub, elsewhere, Seal::new(&[7; 32], &[]), node, node + 1_000)
}

impl Bus {
    fn send(&mut self, from: usize, packets: impl IntoIterator<Item = Packet>) {
        for Packet { to, bytes } in packets {
            for (at, node) in self.nodes.iter_mut().enumerate().filter(|(at, _)| *at != from) {
                let is_meant = match to {
                    To::Topic(topic) => node.interests.contains(&topic),
                    To::All => true,
                    To::Node(node) => node == at as u64,
                };
                if is_meant {
                    node.on_the_way.push_back(bytes.clone());
                }
            }
        }
    }
}

#[async_trait]
impl Broker for BusBroker {
    fn publish(&self, envelope: Envelope) {
        let mut bus = self.lock();
        let lose = bus.lose.take();
        let packet = bus.nodes[self.at].link.send(&envelope);
        bus.nodes[self.at].hub.deliver(envelope);
        match lose {
            None => bus.send(self.at, [packet]),
            Some(Loss::Silent) => {}
            Some(Loss::Reported) => {
                let others = bus.nodes.iter().enumerate().filter(|(at, _)| *at != self.at);
                others.for_each(|(_, node)| node.hub.may_have_missed());
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

    fn is_here(&self, user_id: i64, is_here: bool) {
        let mut bus = self.lock();
        let (came, gone) = if is_here { (vec![user_id], vec![]) } else { (vec![], vec![user_id]) };
        let people = bus.nodes[self.at].link.people(&came, &gone);
        bus.send(self.at, people);
    }

    fn leaves(&self) {}

    fn may_lose(&self) -> bool {
        true
    }

    fn carries(&self) -> bool {
        true
    }

    fn knows_who_is_online(&self) -> bool {
        true
    }

    fn remark(&self) -> Option<&'static str> {
        None
    }

    fn hears_all(&self) -> bool {
        true
    }
}
