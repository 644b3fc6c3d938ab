//! Percentiles and medians of what was measured.

/// The smallest of `sorted` that at least `share` of all are not above (nearest rank); `None` of nothing.
pub(crate) fn percentile(sorted: &[u32], share: f64) -> Option<u32> {
    let rank = (sorted.len() as f64 * share.clamp(0.0, 1.0)).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

/// The middle of `values`, the mean of the two in the middle of an even number; 0 of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// With so many digits after the point: what is beyond them is noise.
pub(crate) fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let sorted: Vec<u32> = (1..=100).collect();
        assert_eq!(percentile(&sorted, 0.5), Some(50));
        assert_eq!(percentile(&sorted, 0.99), Some(99));
        assert_eq!(percentile(&sorted, 1.0), Some(100));
        assert_eq!(percentile(&sorted, 0.0), Some(1));
        assert_eq!(percentile(&[7], 0.99), Some(7));
        assert_eq!(percentile(&[1, 2, 3], 0.5), Some(2));
        assert_eq!(percentile(&[], 0.5), None);
    }

    #[test]
    fn one_slow_in_a_hundred_does_not_move_the_99th() {
        let mut sorted = vec![10; 99];
        sorted.push(5000);
        assert_eq!(percentile(&sorted, 0.99), Some(10));
        assert_eq!(percentile(&sorted, 0.991), Some(5000));
    }

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(median([9.0, 1.0, 5.0]), 5.0));
        assert!(close(median([4.0, 1.0, 2.0, 1000.0]), 3.0));
        assert!(close(median([2.5]), 2.5));
        assert!(close(median([]), 0.0));
    }

    #[test]
    fn rounding_keeps_so_many_digits() {
        assert!((rounded(1.23456, 2) - 1.23).abs() < 1e-12);
        assert!((rounded(1999.6, 0) - 2000.0).abs() < 1e-12);
    }
}
