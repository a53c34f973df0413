//! The colours of people.

use super::super::colour::Colour;

pub(super) const SKIN: [Colour; 8] = [
    Colour::hex(0xff_e1cd),
    Colour::hex(0xf9_d2b4),
    Colour::hex(0xef_bf98),
    Colour::hex(0xdf_a676),
    Colour::hex(0xc6_8a5b),
    Colour::hex(0xa6_6e48),
    Colour::hex(0x88_5537),
    Colour::hex(0x6d_422c),
];

/// Of hair, the darkest first.
pub(super) const EARTH: [Colour; 7] = [
    Colour::hex(0x22_1c1f),
    Colour::hex(0x2b_211f),
    Colour::hex(0x3d_2b23),
    Colour::hex(0x5f_3f2b),
    Colour::hex(0x8a_4b2d),
    Colour::hex(0xb5_7f45),
    Colour::hex(0xdf_b876),
];

pub(super) const GREY: [Colour; 3] =
    [Colour::hex(0x8e_8d93), Colour::hex(0xb9_b8bc), Colour::hex(0xe6_e4e1)];

/// What is behind somebody: light,
pub(super) const GROUNDS: [Colour; 10] = [
    Colour::hex(0xf4_cdb4),
    Colour::hex(0xc4_dccd),
    Colour::hex(0xcd_d7f0),
    Colour::hex(0xf1_dca4),
    Colour::hex(0xe0_cae8),
    Colour::hex(0xbf_dfe8),
    Colour::hex(0xf0_bfc0),
    Colour::hex(0xd6_dfb4),
    Colour::hex(0xe8_dccb),
    Colour::hex(0xb9_d0e0),
];

/// or deep.
pub(super) const DEEP: [Colour; 6] = [
    Colour::hex(0x4d_7f79),
    Colour::hex(0x43_608a),
    Colour::hex(0xb8_674a),
    Colour::hex(0x7d_6192),
    Colour::hex(0xc9_8f42),
    Colour::hex(0x5f_7d50),
];

pub(super) const CLOTHES: [Colour; 12] = [
    Colour::hex(0xd5_6440),
    Colour::hex(0x2c_7175),
    Colour::hex(0x3d_4d82),
    Colour::hex(0xad_405b),
    Colour::hex(0xe2_b13d),
    Colour::hex(0x5c_8148),
    Colour::hex(0xf3_eee4),
    Colour::hex(0x31_323c),
    Colour::hex(0x86_5a99),
    Colour::hex(0x4a_92b6),
    Colour::hex(0xe9_8f86),
    Colour::hex(0x9c_b8a0),
];
