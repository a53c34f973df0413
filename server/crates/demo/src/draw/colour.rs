//! Colours: red, green and blue from 0 to 1, as screens have them.

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Colour(pub(super) [f32; 3]);

impl Colour {
    /// As in `0xf6d5c0`.
    pub(super) const fn hex(code: u32) -> Self {
        const fn part(code: u32, shift: u32) -> f32 {
            ((code >> shift) & 0xff) as f32 / 255.0
        }
        Self([part(code, 16), part(code, 8), part(code, 0)])
    }

    /// So much of another one in it.
    pub(super) fn mixed(self, other: Self, share: f32) -> Self {
        Self(std::array::from_fn(|at| self.0[at] + (other.0[at] - self.0[at]) * share))
    }

    pub(super) fn darker(self, by: f32) -> Self {
        self.mixed(Self::hex(0x1a_1020), by)
    }

    pub(super) fn lighter(self, by: f32) -> Self {
        self.mixed(Self::hex(0xff_fbf2), by)
    }

    /// How light it looks.
    pub(super) fn lightness(self) -> f32 {
        let [red, green, blue] = self.0;
        0.3 * red + 0.59 * green + 0.11 * blue
    }
}
