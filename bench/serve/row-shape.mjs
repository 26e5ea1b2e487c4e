/** How many orders the queries of `serve` find, and how many of them are one customer's. */
export const rowCount = 1_000_000;
export const rowsPerCustomer = 100;
