//! What the broker on Redis does when that is restarted, slow, old, protected or a cluster.
