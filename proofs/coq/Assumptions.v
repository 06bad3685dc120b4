(** * What the theorems rest on: "Closed under the global context" means, on no axiom *)

From stabkit Require Import EnestromKakeya AliveRoots CommonInput Annulus EvenGcd DoubleRoot.
From stabkit Require Import Fluid Server Evictions SchurCohn Verdict Checked.
From stabkit Require Import FanoSystem Crossing StableInputs Decay Attraction.

Print Assumptions enestrom_kakeya_outer.
Print Assumptions enestrom_kakeya_inner.
Print Assumptions enestrom_kakeya_equality.
Print Assumptions alive_roots_le.
Print Assumptions alive_roots_on_circle.
Print Assumptions cyclotomic_dvd_survival.
Print Assumptions alive_roots_simple.
Print Assumptions alive_roots_outside.
Print Assumptions alive_roots_count.
Print Assumptions common_input_form.
Print Assumptions annulus.
Print Assumptions every_mode_unstable.
Print Assumptions even_gcd_real_mode.
Print Assumptions even_gcd_unstable.
Print Assumptions critical_share_exists.
Print Assumptions critical_share_unique.
Print Assumptions multiple_root_needs.
Print Assumptions double_roots.
Print Assumptions double_roots_number.
Print Assumptions double_roots_real.
Print Assumptions multiple_root_criterion.
Print Assumptions multiple_root_shares.
Print Assumptions multiple_is_double.
Print Assumptions step_state.
Print Assumptions youngest_first.
Print Assumptions product_form_lasts.
Print Assumptions class_evictedE.
Print Assumptions evicted_le.
Print Assumptions evicted_full_of.
Print Assumptions no_eviction.
Print Assumptions modes_le.
Print Assumptions modes_on_circle.
Print Assumptions modes_simple.
Print Assumptions no_unstable_mode.
Print Assumptions marginal_modes_count.
Print Assumptions coprime_ages_stable.
Print Assumptions no_start_evicts.
Print Assumptions all_inside_correct.
Print Assumptions is_stable_correct.
Print Assumptions stable_mixes_checked.
Print Assumptions other_mixes_checked.
Print Assumptions fano_system.
Print Assumptions stable_fano_system.
Print Assumptions root_on_circle_between.
Print Assumptions crossing_between.
Print Assumptions six_mix_verdicts.
Print Assumptions six_mix_refutes.
Print Assumptions stable_inputs_refuted.
Print Assumptions quiet_run_converges.
Print Assumptions product_form_after.
Print Assumptions every_start_converges.
Print Assumptions every_start_tends.
