//! Every byte of Dialtone that crosses the network.
