/* The model coffee-can.ioa.toml in Promela, for SPIN: one process, every action one step, 5,150 states. */

byte white = 1, black;

active proctype Can() {
  do
  :: d_step { white + black < 100 -> white++; assert(white + black >= 1) }
  :: d_step { white + black < 100 -> black++; assert(white + black >= 1) }
  :: d_step { white >= 2 -> white = white - 2; black++; assert(white + black >= 1) }
  :: d_step { black >= 2 -> black--; assert(white + black >= 1) }
  :: d_step { white >= 1 && black >= 1 -> black--; assert(white + black >= 1) }
  od
}
