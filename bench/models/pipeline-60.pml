/* The model pipeline-60.ioa.toml in Promela, for SPIN: one process, every action one step, 635,376 states. */

byte created, reserved, paid, shipped;

active proctype Pipeline() {
  do
  :: d_step { created < 60 -> created++; assert(created >= reserved && reserved >= paid && paid >= shipped) }
  :: d_step { reserved < created -> reserved++; assert(created >= reserved && reserved >= paid && paid >= shipped) }
  :: d_step { paid < reserved -> paid++; assert(created >= reserved && reserved >= paid && paid >= shipped) }
  :: d_step { shipped < paid -> shipped++; assert(created >= reserved && reserved >= paid && paid >= shipped) }
  od
}
