//! The most that an order pays, and the most that a creator earns in a month.

use purser::{explain, reconcile};

#[test]
fn the_cap_of_an_order_is_split_in_proportion() {
    for (cap, commissions, left) in [
        (6000, &[4000, 2500, 1000][..], Some(&[3200, 2000, 800][..])),
        // Two thirds of a cent are lost each; the missing cents go to the earlier rows.
        (5000, &[4000, 2500, 1000], Some(&[2667, 1667, 666][..])),
        (7500, &[4000, 2500, 1000], None),
        (7499, &[4000, 2500, 1000], Some(&[3999, 2500, 1000])),
        (0, &[5, 0, 7], Some(&[0, 0, 0])),
        (100, &[], None),
        (100, &[0, 0], None),
    ] {
        let left = left.map(<[i64]>::to_vec);
        assert_eq!(reconcile::caps::within_order(cap, commissions), Ok(left.clone()), "{cap}: {commissions:?}");
        let (sum, explained) = explain::caps::within_order(cap, commissions).expect("the sum can be computed");
        assert_eq!((sum, explained), (commissions.iter().sum(), left), "{cap}: {commissions:?}");
    }
}

#[test]
fn an_order_that_cannot_be_summed_is_an_error() {
    assert!(reconcile::caps::within_order(1, &[i64::MAX, 1]).is_err());
    assert!(explain::caps::within_order(1, &[i64::MAX, 1]).is_err());
}

#[test]
fn the_row_that_crosses_the_cap_of_a_month_is_cut() {
    for (cap, so_far, commission, left) in
        [(90000, 89000, 1600, 1000), (90000, 90000, 1600, 0), (90000, 0, 1600, 1600), (90000, 88400, 1600, 1600), (0, 0, 5, 0)]
    {
        assert_eq!(reconcile::caps::within_month(cap, so_far, commission), left, "{so_far} of {cap}, {commission} more");
        assert_eq!(explain::caps::within_month(cap, so_far, commission), left, "{so_far} of {cap}, {commission} more");
    }
}
