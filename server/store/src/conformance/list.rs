//! The list of the suite's tests, as a macro that makes a test function of each.

/// Makes a test of every behaviour in the suite. The argument names an `async fn() -> Option<Box<dyn Harness>>` in scope
/// that opens a fresh store.
#[macro_export]
macro_rules! store_conformance_tests {
    ($open:ident) => {
        $crate::store_conformance_tests! { @modules $open
            transactions: [
                dropped_transactions_leave_nothing, reads_refuse_to_write, reads_see_one_moment,
                reopening_keeps_everything, closed_stores_are_unavailable, conflicts_are_run_again,
                a_sign_of_life_is_written,
            ]
            meta: [values_are_kept_and_replaced, first_value_wins, a_value_is_swapped_once, community_is_named_once, schema_has_a_version]
            accounts: [
                usernames_and_ids_are_unique, state_and_password_change, removal_takes_what_hangs_on_it, accounts_are_paged,
            ]
            devices: [devices_are_kept_by_account, sightings_never_move_back, revoking_ends_sessions]
            sessions: [sessions_open_and_end, revoking_a_device_ends_its_sessions_only, open_and_revoked_sessions_are_listed]
            invites: [
                invites_are_kept_whole, uses_run_out_and_come_back, ended_and_revoked_invites_are_refused,
                parallel_consumers_take_each_use_once, invites_are_listed_and_deleted,
            ]
            roster: [entries_are_appended_in_order, other_heads_are_refused, ranges_are_bounded, parallel_appenders_take_turns]
            knocks: [knocks_are_put_listed_and_removed]
            recovery: [recovery_files_are_kept_and_never_go_back, a_copy_for_the_password_is_kept_and_dropped]
            groups: [
                commits_move_the_epoch, stale_and_unknown_commits_are_refused, commit_log_is_paged,
                commit_pages_are_bounded_by_bytes,
                parallel_commits_have_one_winner, locked_epochs_stay, natures_follow_commits,
            ]
            packages: [packages_are_replaced]
            welcomes: [welcomes_wait_for_their_devices]
            channels: [channels_are_kept_and_closed]
            messages: [
                events_get_gapless_places_and_hashes, same_event_again_is_a_duplicate, other_bytes_clash,
                unknown_and_closed_channels_take_nothing, batches_keep_order_across_channels, long_batches_stand_as_if_each_came_alone, pages_are_bounded,
                pages_are_bounded_by_bytes,
                last_of_a_device_is_known, oversized_batches_and_counts_are_refused,
            ]
            vanishing: [expired_events_are_found_and_erased_in_their_place, what_is_there_is_kept_for_a_while_only]
            messages_concurrent: [
                parallel_appends_stay_gapless_and_idempotent, dropped_appends_leave_no_gap, crossing_batches_all_end,
            ]
            absences: [absent_bytes_are_refused_for_ever, stored_events_cannot_be_absent, an_event_is_stored_or_absent]
            blobs: [
                files_are_kept_found_and_deleted, files_stay_within_the_quota, parallel_reservations_stay_within_the_quota,
                an_id_belongs_to_who_came_first, a_file_that_is_sent_anew_replaces_what_never_came, an_id_that_two_want_at_once_goes_to_one,
                what_is_stored_is_not_released, old_reservations_are_listed, files_outlast_their_account,
                files_stay_within_what_the_server_keeps, files_that_end_are_found,
            ]
            tables: [whole_tables_are_read_and_put_back, rows_that_refer_to_nothing_are_faults]
            grants: [grants_wait_in_order, full_boxes_take_no_more, parallel_grants_stay_within_capacity]
        }
    };
    (@modules $open:ident $($module:ident: [$($test:ident),* $(,)?])*) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let harness = super::$open().await;
                $crate::conformance::run(harness, |harness| {
                    Box::pin($crate::conformance::$module::$test(harness))
                })
                .await;
            })*
        })*
    };
}
