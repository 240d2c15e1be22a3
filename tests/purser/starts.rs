//! A program that starts on a day: earlier orders earn nothing, but tell who brought a customer first.

use crate::support::Shop;

/// The small shop with a few more orders, and a program with these lines in `[program]` and these after it.
fn shop(head: &str, attribution: &str, commission: &str) -> Shop {
    let shop = Shop::small();
    let program = shop.read("shop.toml").replace("time_zone = \"UTC\"\n", &format!("time_zone = \"UTC\"\n{head}\n"));
    let program = program.replace("window = \"14d\"\n", &format!("window = \"14d\"\n{attribution}\n"));
    shop.write("shop.toml", format!("{program}{commission}\n"));
    let more = "e1,2026-01-03T10:00:00Z,2026-01-03T10:00:00Z,paid,EUR,p9,,,,ANA\n\
                e2,2026-01-03T11:00:00Z,2026-01-03T11:00:00Z,paid,USD,p8,,,,ANA\n\
                e3,2026-01-03T12:00:00Z,2026-01-03T12:00:00Z,cancelled,USD,p2,,,,ANA\n\
                n1,2026-02-09T10:00:00Z,2026-02-09T10:00:00Z,paid,USD,p1,,,,\n\
                n2,2026-02-09T11:00:00Z,2026-02-09T11:00:00Z,paid,USD,p1,,,,BEN\n";
    shop.write("orders.csv", shop.read("orders.csv") + more);
    let lines = "e1,1,A,x,1,10.00\ne3,1,A,x,1,10.00\nn1,1,A,x,1,30.00\nn2,1,A,x,1,40.00\n";
    shop.write("order_lines.csv", shop.read("order_lines.csv") + lines);
    shop.write("fx.csv", "date,from,to,rate\n");
    shop.write("refunds.csv", shop.read("refunds.csv") + "r2,o1,1,2026-01-20T09:00:00Z,500.00\n");
    shop.must(&["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"]);
    shop
}

#[test]
fn early_orders_earn_nothing_and_make_no_exceptions() {
    let all = shop("", "", "");
    let exceptions = all.must(&["export", "exceptions"]);
    assert_eq!(exceptions, "kind,subject\nno_fx_rate,e1\nno_lines,e2\nover_refund,o1\n");
    let late = shop("starts = 2026-01-06", "", "");
    assert_eq!(late.must(&["export", "exceptions"]), "kind,subject\n");
    let orders = late.must(&["export", "orders"]);
    for line in [
        "e1,excluded,before_start",
        "e2,excluded,before_start",
        "e3,excluded,cancelled",
        "n1,unattributed,no_touch",
        "o1,excluded,before_start",
        "o2,attributed,code",
    ] {
        assert!(orders.contains(line), "{line} in {orders}");
    }
    let commissions = late.must(&["export", "commissions"]);
    assert!(!commissions.contains(",o1,") && commissions.contains("code,o2,1,ben,BEN,50.00,5.00,payable"), "{commissions}");
    let told = late.must(&["explain", "o1"]);
    assert!(told.contains("excluded (before_start): it was placed before the program's start"), "{told}");
    assert!(told.contains("click k1") && told.contains("won"), "it says who brought the customer: {told}");
}

#[test]
fn an_early_order_locks_its_customer() {
    let shop = shop("starts = 2026-01-06", "customer_lock = \"60d\"", "");
    let commissions = shop.must(&["export", "commissions"]);
    assert!(commissions.contains("lock,n1,1,ana,o1,30.00,3.00,payable"), "{commissions}");
}

#[test]
fn a_customer_with_an_early_order_is_not_new() {
    let bonus = "[[commission.bonuses]]\nwhen = \"new_customer\"\namount = \"2.00\"";
    let only_new = shop("starts = 2026-01-06", "customers = \"new\"", "");
    assert!(only_new.must(&["export", "orders"]).contains("n2,excluded,existing_customer"));
    let shop = shop("starts = 2026-01-06", "", bonus);
    let commissions = shop.must(&["export", "commissions"]);
    assert!(commissions.contains("bonus_new_customer,o2,") && commissions.contains("bonus_new_customer,o4,"), "{commissions}");
    assert!(!commissions.contains("bonus_new_customer,n2,") && !commissions.contains("bonus_new_customer,o1,"), "{commissions}");
}

/// The tier from 100.00 is reached only with January's sales, which are early.
#[test]
fn early_sales_count_towards_no_tier_and_no_bonus() {
    let tiers = "[[commission.rates]]\ncreator = \"ana\"\nperiod = \"lifetime\"\nmode = \"retroactive\"\n\
                 tiers = [{ from = \"0\", percent = \"10\" }, { from = \"100\", percent = \"20\" }]\n\
                 [[commission.bonuses]]\nwhen = \"net_sales\"\nover = \"100\"\nperiod = \"year\"\namount = \"25.00\"";
    let commission = |head: &str| {
        let shop = Shop::small();
        let program = shop.read("shop.toml").replace("time_zone = \"UTC\"\n", &format!("time_zone = \"UTC\"\n{head}\n"));
        shop.write("shop.toml", format!("{program}{tiers}\n"));
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"]);
        shop.must(&["export", "commissions"])
    };
    let all = commission("");
    assert!(all.contains("code,o4,1,ana,ANA,70.00,14.00,") && all.contains("bonus_net_sales,2026,,ana"), "{all}");
    let late = commission("starts = 2026-02-08");
    assert!(late.contains("code,o4,1,ana,ANA,70.00,7.00,") && !late.contains("bonus_net_sales"), "{late}");
}
