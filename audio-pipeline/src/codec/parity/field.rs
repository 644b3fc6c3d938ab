//! Arithmetic in GF(256), the field of bytes: addition is exclusive or; multiplication modulo x^8 + x^4 + x^3 + x^2 + 1.

/// x^8 + x^4 + x^3 + x^2 + 1, of which x generates all other elements (as in RFC 8681, section 3.7.2).
const POLYNOMIAL: u16 = 0x11D;

struct Tables {
    /// Powers of x, twice, so that sums of two logarithms need no modulo.
    power: [u8; 512],
    logarithm: [u8; 256],
}

static TABLES: Tables = tables();

const fn tables() -> Tables {
    let (mut power, mut logarithm) = ([0; 512], [0; 256]);
    let (mut value, mut exponent) = (1_u16, 0);
    while exponent < 255 {
        power[exponent] = value as u8;
        power[exponent + 255] = value as u8;
        logarithm[value as usize] = exponent as u8;
        value <<= 1;
        if value & 0x100 != 0 {
            value ^= POLYNOMIAL;
        }
        exponent += 1;
    }
    Tables { power, logarithm }
}

pub(super) fn multiply(one: u8, other: u8) -> u8 {
    if one == 0 || other == 0 {
        return 0;
    }
    let exponent = usize::from(TABLES.logarithm[usize::from(one)])
        + usize::from(TABLES.logarithm[usize::from(other)]);
    TABLES.power[exponent]
}

/// What gives 1 when multiplied by `value`, which is not 0.
pub(super) fn inverse(value: u8) -> u8 {
    TABLES.power[255 - usize::from(TABLES.logarithm[usize::from(value)])]
}

/// Adds `factor` times `source` to `sum`, as far as both reach.
pub(super) fn add_scaled(sum: &mut [u8], source: &[u8], factor: u8) {
    if factor == 0 {
        return;
    }
    let by = usize::from(TABLES.logarithm[usize::from(factor)]);
    for (sum, &byte) in sum.iter_mut().zip(source) {
        if byte != 0 {
            *sum ^= TABLES.power[by + usize::from(TABLES.logarithm[usize::from(byte)])];
        }
    }
}

/// Multiplies everything by `factor`.
pub(super) fn scale(values: &mut [u8], factor: u8) {
    for value in values {
        *value = multiply(*value, factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_an_inverse_and_products_are_what_long_multiplication_gives() {
        for one in 1..=255 {
            assert_eq!(multiply(one, inverse(one)), 1);
            for other in 0..=255_u8 {
                let mut long = 0_u16;
                for bit in (0..8).rev() {
                    long <<= 1;
                    if long & 0x100 != 0 {
                        long ^= POLYNOMIAL;
                    }
                    if other >> bit & 1 == 1 {
                        long ^= u16::from(one);
                    }
                }
                assert_eq!(u16::from(multiply(one, other)), long, "{one} {other}");
            }
        }
    }
}
