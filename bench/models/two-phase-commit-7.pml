/* The model two-phase-commit-7.ioa.toml in Promela, for SPIN: one process, every action one step, 296,448 states. */

mtype = { deciding, working, prepared, committed, aborted };

mtype status = deciding;
mtype manager[7] = working;
bool offered[7], heard[7];

#define some(what) (manager[0] == what || manager[1] == what || manager[2] == what || manager[3] == what || manager[4] == what || manager[5] == what || manager[6] == what)
#define agree assert(!(some(committed) && some(aborted)))

active proctype TwoPhase() {
  do
  :: d_step { manager[0] == working -> manager[0] = prepared; offered[0] = true; agree }
  :: d_step { manager[0] == working -> manager[0] = aborted; agree }
  :: d_step { status == deciding && offered[0] -> heard[0] = true }
  :: d_step { status == committed -> manager[0] = committed; agree }
  :: d_step { status == aborted -> manager[0] = aborted; agree }
  :: d_step { manager[1] == working -> manager[1] = prepared; offered[1] = true; agree }
  :: d_step { manager[1] == working -> manager[1] = aborted; agree }
  :: d_step { status == deciding && offered[1] -> heard[1] = true }
  :: d_step { status == committed -> manager[1] = committed; agree }
  :: d_step { status == aborted -> manager[1] = aborted; agree }
  :: d_step { manager[2] == working -> manager[2] = prepared; offered[2] = true; agree }
  :: d_step { manager[2] == working -> manager[2] = aborted; agree }
  :: d_step { status == deciding && offered[2] -> heard[2] = true }
  :: d_step { status == committed -> manager[2] = committed; agree }
  :: d_step { status == aborted -> manager[2] = aborted; agree }
  :: d_step { manager[3] == working -> manager[3] = prepared; offered[3] = true; agree }
  :: d_step { manager[3] == working -> manager[3] = aborted; agree }
  :: d_step { status == deciding && offered[3] -> heard[3] = true }
  :: d_step { status == committed -> manager[3] = committed; agree }
  :: d_step { status == aborted -> manager[3] = aborted; agree }
  :: d_step { manager[4] == working -> manager[4] = prepared; offered[4] = true; agree }
  :: d_step { manager[4] == working -> manager[4] = aborted; agree }
  :: d_step { status == deciding && offered[4] -> heard[4] = true }
  :: d_step { status == committed -> manager[4] = committed; agree }
  :: d_step { status == aborted -> manager[4] = aborted; agree }
  :: d_step { manager[5] == working -> manager[5] = prepared; offered[5] = true; agree }
  :: d_step { manager[5] == working -> manager[5] = aborted; agree }
  :: d_step { status == deciding && offered[5] -> heard[5] = true }
  :: d_step { status == committed -> manager[5] = committed; agree }
  :: d_step { status == aborted -> manager[5] = aborted; agree }
  :: d_step { manager[6] == working -> manager[6] = prepared; offered[6] = true; agree }
  :: d_step { manager[6] == working -> manager[6] = aborted; agree }
  :: d_step { status == deciding && offered[6] -> heard[6] = true }
  :: d_step { status == committed -> manager[6] = committed; agree }
  :: d_step { status == aborted -> manager[6] = aborted; agree }
  :: d_step { status == deciding && heard[0] && heard[1] && heard[2] && heard[3] && heard[4] && heard[5] && heard[6] -> status = committed }
  :: d_step { status == deciding -> status = aborted }
  od
}
