//! The numbers of packets as a relay asks for them: pairs of a number and which of the 16 after it are meant too, as in a generic
//! NACK (RFC 4585 section 6.2.1). Big-endian.

use super::MOST_ASKED;

/// Before the pairs where a client asks a relay: these are ours.
const NAME: [u8; 4] = *b"DTag";
/// A header of RTCP feedback with its two sources (RFC 4585 section 6.1): version 2, application layer feedback, payload-specific.
const FEEDBACK: [u8; 2] = [0x80 | 15, 206];

/// Bytes of a pair.
const PAIR: usize = 4;

/// The bytes that ask for packets of these numbers, which rise (and may wrap); no more than [`MOST_ASKED`] are asked for.
pub fn asks(numbers: &[u16]) -> Vec<u8> {
    let mut pairs: Vec<(u16, u16)> = Vec::new();
    for number in numbers.iter().take(MOST_ASKED) {
        let last = pairs.last_mut();
        let fits = last.and_then(|(first, more)| {
            let after = number.wrapping_sub(*first);
            (1..=16).contains(&after).then_some((more, after))
        });
        match fits {
            Some((more, after)) => *more |= 1 << (after - 1),
            None => pairs.push((*number, 0)),
        }
    }
    let bytes = pairs.iter().flat_map(|(first, more)| {
        let [a, b] = first.to_be_bytes();
        let [c, d] = more.to_be_bytes();
        [a, b, c, d]
    });
    bytes.collect()
}

/// The numbers that are asked for: at most [`MOST_ASKED`]. `None`: it is no such list.
pub fn read_asks(bytes: &[u8]) -> Option<Vec<u16>> {
    if bytes.is_empty() || !bytes.len().is_multiple_of(PAIR) || bytes.len() > MOST_ASKED * PAIR {
        return None;
    }
    let pairs = bytes.chunks_exact(PAIR);
    let numbers = pairs.flat_map(|pair| {
        let first = u16::from_be_bytes([pair[0], pair[1]]);
        let more = u16::from_be_bytes([pair[2], pair[3]]);
        let after = (1..=16_u16).filter(move |after| more & (1 << (after - 1)) != 0);
        std::iter::once(first).chain(after.map(move |after| first.wrapping_add(after)))
    });
    Some(numbers.take(MOST_ASKED).collect())
}

/// The same as RTCP feedback of the application layer (RFC 4585 section 6.4), of the source `from` about `about`: a client asks a relay
/// so. `None`: nothing is asked for.
pub fn feedback(from: u32, about: u32, numbers: &[u16]) -> Option<Vec<u8>> {
    let asks = asks(numbers);
    if asks.is_empty() {
        return None;
    }
    // In words of four bytes, less one (RFC 3550 section 6.4.1).
    let words = 2 + (NAME.len() + asks.len()) / 4;
    let mut bytes = Vec::with_capacity(4 + words * 4);
    bytes.extend(FEEDBACK);
    bytes.extend((words as u16).to_be_bytes());
    bytes.extend(from.to_be_bytes());
    bytes.extend(about.to_be_bytes());
    bytes.extend(NAME);
    bytes.extend(asks);
    Some(bytes)
}

/// What [`feedback`] asks for, from what stands after its two sources. `None`: it is of another kind.
pub fn read_feedback(payload: &[u8]) -> Option<Vec<u16>> {
    read_asks(payload.strip_prefix(&NAME)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_near_each_other_share_a_pair() {
        let asked = [65_530, 65_535, 0, 10, 11];
        let bytes = asks(&asked);
        assert_eq!(bytes.len(), 2 * PAIR);
        assert_eq!(read_asks(&bytes), Some(asked.to_vec()));
        assert_eq!(asks(&[]), Vec::<u8>::new());
    }

    #[test]
    fn what_is_no_list_is_refused_and_no_list_asks_for_many() {
        assert_eq!(read_asks(&[]), None);
        assert_eq!(read_asks(&[0; 5]), None);
        assert_eq!(read_asks(&[255; PAIR * (MOST_ASKED + 1)]), None);
        let most = read_asks(&[255; PAIR * MOST_ASKED]).unwrap();
        assert_eq!(most.len(), MOST_ASKED);
    }

    #[test]
    fn feedback_is_of_whole_words_and_names_its_kind() {
        let bytes = feedback(0x0102_0304, 5, &[7, 9, 40]).unwrap();
        assert_eq!(bytes[..12], [0x8f, 206, 0, 5, 1, 2, 3, 4, 0, 0, 0, 5]);
        assert_eq!(bytes.len(), (usize::from(bytes[3]) + 1) * 4);
        assert_eq!(read_feedback(&bytes[12..]), Some(vec![7, 9, 40]));
        assert_eq!(read_feedback(&bytes[16..]), None);
        assert_eq!(feedback(1, 2, &[]), None);
    }

    proptest! {
        #[test]
        fn lists_come_back_as_they_went(
            begin in any::<u16>(),
            steps in proptest::collection::vec(1..40_u16, 1..MOST_ASKED),
        ) {
            let mut numbers = vec![begin];
            for step in steps {
                numbers.push(numbers[numbers.len() - 1].wrapping_add(step));
            }
            prop_assert_eq!(read_asks(&asks(&numbers)), Some(numbers));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read_asks(&bytes).is_none_or(|numbers| numbers.len() <= MOST_ASKED));
        }
    }
}
