"""Contract L: what goes wrong in Pluto 1.3.5, and what happens here instead."""

from collections.abc import Iterator
from typing import Final

from promises.promise import Promise, kept_elsewhere, promise

_OVER: Final = (
    ("Deleting a device ends its polling too: nothing writes it back.",
        "test_main_job::test_a_removed_miner_in_mid_poll_is_gone_for_good"),
    ("A poll or socket that outlives its removal is dropped.", "test_fleet::test_a_removed_miner_is_not_heard_of_again",
        "test_device_logs::test_a_removed_miner_is_heard_of_no_more"),
    ("Off the list and on again is nothing special.", "test_main_job::test_off_the_list_and_on_again",
        "test_metrics_exposition::test_a_miner_can_leave_and_come_back"),
    ("Two devices may have one hostname.", "test_main_job::test_two_miners_with_one_name_both_work_and_a_rename_is_followed"),
    ("A hostname may begin with a digit.", "test_names::test_the_prefix_of_a_lone_miner"),
    ("A device may have no hostname.", "test_names::test_the_prefix_of_a_lone_miner",
        "test_metrics_exposition::test_a_renamed_miner_moves_with_that_poll_and_leaves_nothing_behind"),
    ("A miner that stopped reads 0.", "test_main_job::test_a_miner_that_stopped_hashing_reads_zero_and_stays_online",
        "test_metrics_exposition::test_a_value_falls_to_zero_when_the_miner_says_zero"),
    ("Efficiency is computed for every device.", "test_miner_metrics::test_a_field_becomes_its_metric"),
    ("A missing power or share counts as 0 and spoils no total.",
        "test_totals::test_absurd_numbers_leave_the_sums_finite", "test_totals::test_any_history_gives_what_a_fresh_sum_gives"),
    ("Labels of old versions and pools vanish.", "test_totals::test_a_label_goes_with_the_last_miner_that_had_it"),
    ("No series without its label doubles a sum.",
        "test_metrics_exposition::test_before_any_miner_the_overview_is_there_with_zeros_and_no_labels"),
    ("The overview follows a removal at once.",
        "test_removal::test_the_overview_counts_the_rest_at_once_and_is_zero_without_any"),
    ("Removing `pre` leaves `pre_two`.", "test_metrics_exposition::test_deleting_removes_exactly_the_series_of_that_miner"),
    ("`total`, `overview` and `combined` are names like others.", "test_names::test_the_prefix_of_a_lone_miner",
        "test_names::test_a_dashboard_is_called_like_the_sanitised_host",
        "test_log_tails::test_files_are_named_after_their_miners_and_stay_in_their_folder"),
    ("Metrics follow a renamed device.", "test_main_job::test_two_miners_with_one_name_both_work_and_a_rename_is_followed"),
    ("A hanging device is offline within 10 s and asked again.",
        "test_main_job::test_a_hung_miner_is_reported_and_recovers_by_itself"),
    ("A slow Grafana delays no poll.", "test_dashboards::test_no_poll_is_late_whatever_grafana_does"),
    ("A failed publication is tried until it works.",
        "test_publishing::test_the_normal_path_a_scan_after_ten_seconds_publishes_within_five_more"),
    ("A disabled public dashboard is enabled.",
        "test_grafana_calls::test_a_disabled_one_is_enabled_by_patch_without_a_second_post"),
    ("Placeholders in lists are replaced.",
        "test_dashboard_templates::test_placeholders_are_replaced_at_any_depth_in_lists_and_several_in_one_text"),
    ("No hostname leads out of a folder; files are renamed into place.",
        "test_log_tails::test_files_are_named_after_their_miners_and_stay_in_their_folder",
        "test_dashboard_files::test_no_name_leads_out_of_the_folder",
        "test_dashboard_files::test_nobody_sees_a_half_written_dashboard"),
    ("Log files are rotated and opened once for many lines.",
        "test_log_tails::test_a_link_is_not_followed_and_a_full_file_makes_room",
        "test_log_volume::test_all_arrive_in_order_and_none_twice"),
    ("One log socket a device; delays grow; attempts are counted.", "test_log_tails::test_five_further_attempts_and_no_more",
        "test_device_logs::test_order_is_kept_and_nothing_comes_twice"),
    ("A removed device's socket stays closed.", "test_device_logs::test_a_removed_miner_is_heard_of_no_more"),
    ("`PUT /devices/listen` without `macs` is all devices.", "test_devices::test_listening_follows_the_list"),
    ("`traceLogs` counts for devices that are watched already.",
        "test_device_logs::test_trace_logs_opens_keeps_and_closes_one_socket_a_miner"),
    ("`partialMatch` counts.", "test_devices::test_discovered_sends_lists_only_where_they_are_given_and_the_ways_always"),
    ("HTML from discovery is a failure.", "test_devices::test_discovery_failing_is_told"),
    ("200 without JSON from a device is a failed poll.",
        "test_hostile_miners::test_all_faults_at_once_beside_forty_healthy_miners"),
    ("A poll changes `info`, `tracing` and `updatedAt` alone.",
        "test_nothing_but_json::test_a_poll_leaves_what_a_client_wrote"),
    ("An offline device's record says `tracing: false`.",
        "test_socket::test_an_error_is_the_record_with_the_reason_and_its_last_info"),
    ("Updating creates no record; without `device` it is 400; without `info` the info stays.",
        "test_devices::test_an_unknown_miner_is_not_made_by_updating_or_removing",
        "test_devices::test_a_bad_update_changes_nothing_at_all",
        "test_devices::test_an_update_merges_and_cannot_change_who_it_is"),
    ("Imprinting takes exact MACs; `{}` is 400, `[]` and an unknown one 404.",
        "test_devices::test_imprint_registers_exact_macs_only", "test_devices::test_imprint_needs_a_list_of_macs",
        "test_devices::test_one_more_answers_all_and_refreshes_those_discovery_knows"),
    ("Requests at once lose nothing.", "test_devices::test_twenty_at_once_are_twenty"),
    ("Configuring without `info` is 400; a device's 4xx is 500 with its words.",
        "test_system::test_what_cannot_be_is_refused_with_nothing_sent",
        "test_system::test_a_miner_that_refuses_or_is_away_is_told_with_these_two_keys"),
    ("Secrets of a polled answer are neither stored nor sent.",
        "test_hostile_miners::test_all_faults_at_once_beside_forty_healthy_miners"),
    ("`GET /socket/io` need not be asked, and may be asked again.", "test_socket::test_the_greeting_is_said_as_often_as_asked",
        "test_socket::test_who_connects_hears_nothing_by_that_alone"),
    ("Redirects and bodies without end are refused.",
        "test_miner_manners::test_a_proxy_of_the_environment_is_not_asked_and_no_redirect_followed",
        "test_hostile_miners::test_all_faults_at_once_beside_forty_healthy_miners"),
    "Nobody on the network is Grafana's administrator.",
    "A dashboard is found also where the hostname holds a hyphen.",
    ("SIGTERM ends in order.", "test_process::test_sigterm_under_load_loses_nothing_and_takes_less_than_five_seconds"),
    ("A second process on one data folder says so in a line and ends.",
        "test_process::test_a_database_that_somebody_holds_or_that_is_damaged_ends_with_three"),
    ("Devices that exchange addresses keep their own readings.",
        "test_main_job::test_two_miners_that_swap_addresses_are_never_confused"),
    ("Discovery asks in parallel, says its errors, and stores no `unknown`.",
        "test_discovery::test_no_more_addresses_are_asked_at_once_than_agreed",
        "test_discovery::test_a_miner_whose_mac_nobody_knows_is_left_out_and_named"),
    ("Presets and pool changes work on AxeOS 2.15.", "test_errands::test_one_preset_lands_on_every_dialect",
        "test_system::test_a_preset_goes_into_the_pools_of_a_new_firmware"),
    ("An info that comes back whole turns no password into `x`.",
        "test_pool_slots::test_other_pools_and_kept_passwords_survive_a_hundred_changes",
        "test_dialect::test_an_info_that_comes_back_whole_asks_for_nothing"),
)  # fmt: skip
_ELSEWHERE: Final = {
    39: "outside this server: a header that a proxy in front of Grafana sets, for reading only",
    40: "outside this server: the web client compares names; `name` in `GET /dashboards` is the sanitised hostname",
}


def _numbered() -> Iterator[Promise]:
    for number, row in enumerate(_OVER, 1):
        if isinstance(row, str):
            yield kept_elsewhere(f"L {number}", row, _ELSEWHERE[number])
        else:
            yield promise(f"L {number}", *row)


FAULTS: Final = tuple(_numbered())
