//! Queries about one's rooms, what is unread in them, and how far people have got.

mod marks;
mod places;
mod preferences;
mod receipts;
mod rooms;
mod unread;

pub(super) use marks::{MarkRow, Marks, Moves, marks_of_room, move_marks};
pub(super) use places::{Place, places};
pub(super) use preferences::{clear_marked_unread, preferences, update_preferences};
pub(super) use receipts::{Readers, others_read_seq, receipts_page};
pub(super) use rooms::{MyRoomRow, Which, my_rooms, these_rooms};
pub(super) use unread::{Span, count_one, counts};

#[cfg(test)]
pub(super) use self::{
    places::places_statement,
    rooms::{my_rooms_statement, these_rooms_statement},
    unread::walk_statement,
};
