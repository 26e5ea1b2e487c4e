/** The order of the example shop that histories begin with and that the baseline answers: the same for both. */

/** An order that has just been created, with these values in place of its defaults. */
export function orderOf(values) {
  return {
    CustomerId: "bench",
    Currency: "EUR",
    Total: null,
    PlacedOn: null,
    Note: null,
    Status: "Draft",
    ItemCount: 0,
    PickedCount: 0,
    HasAddress: false,
    IsPaid: false,
    TrackingNumber: "",
    CancelReason: "",
    ...values,
  };
}
