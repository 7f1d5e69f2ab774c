/**
 * Names of tags and branches of public repositories, from which the generated inputs grow. As git listed them in November 2026: a few
 * of each shape in Behat/Behat, FriendsOfSymfony/FOSUserBundle, PHPMailer/PHPMailer, Seldaek/monolog, barryvdh/laravel-debugbar,
 * brick/math, certifi/python-certifi, composer/{composer,metadata-minifier,packagist,semver,spdx-licenses}, doctrine/dbal,
 * dompdf/dompdf, ezyang/htmlpurifier, googleapis/google-cloud-php-core, guzzle/guzzle, jquery/jquery, nikic/PHP-Parser, php-fig/log,
 * predis/predis, propelorm/Propel, sabre-io/dav, schmittjoh/serializer, silexphp/Pimple, simplepie/simplepie, smarty-php/smarty,
 * symfony/{console,deprecation-contracts,polyfill-ctype,yaml}, thephpleague/flysystem, twbs/bootstrap-sass, wp-cli/wp-cli,
 * zendframework/zend-version and zircote/swagger-php.
 */

export const REAL_TAGS: readonly string[] = [
  '0.1', '0.1.0', '0.12.1', '0.2', '0.80', '0.9a', '1.0', '1.0.0', '1.0.0-RC1', '1.0.0-alpha1', '1.0.0-alpha4', '1.0.0-alpha9', '1.0.0-beta1',
  '1.0_a1', '1.0_a2', '1.0_b1', '1.0_b2', '1.0_b3', '1.0_b31', '1.0_b32', '1.0_rc1', '1.0_rc2', '1.0_rc3', '1.0a', '1.1.0-RC', '1.1.3.1', '1.1.3a',
  '1.10.0-RC', '1.10.0-beta1', '1.11.0-rc1', '1.11.1-rc2', '1.1a', '1.1b', '1.2.0-RC', '1.2.0alpha1', '1.2.0alpha2', '1.2.0beta1', '1.2.0beta2',
  '1.2.0beta3', '1.2.2b', '1.2.2b2', '1.2.3a', '1.2.3b', '1.2.4a', '1.2.4b', '1.3.1rc1', '1.3b1', '1.3rc1', '1.4-beta', '1.4.3rc1', '1.4.4rc3',
  '1.4a1', '1.4a2', '1.4rc1', '1.5.0-RC1', '1.5.2rc1', '1.5.4-fixed', '1.5b1', '1.5rc1', '1.6', '1.6.0-RC', '1.6.4rc1', '1.6b1', '1.6rc1',
  '1.7.0-RC', '1.7.2b1', '1.7b2', '1.7rc2', '1.8.3+1', '1.8b1', '1.9.0alpha1', '1.9.0alpha2', '1.9.0b1', '2.0-standalone-init', '2.0.0',
  '2.0.0-BETA1', '2.0.0-BETA3', '2.0.0-BETA4', '2.0.0-RC1', '2.0.0-alpha.1', '2.0.0-alpha.2', '2.0.0-alpha.3', '2.0.0-alpha.4', '2.0.0-beta.1',
  '2.0.0-beta.2', '2.0.0-beta.3', '2.0.0-beta1', '2.0.0RC2', '2.0.0RC3', '2.0.0RC4', '2.0.0b1', '2.0.0b2', '2.0.0beta1', '2.1.0RC1', '2.1.0RC2',
  '2.1.1-rc2', '2.2.0-beta1', '2.2.0alpha1', '2.3.0-BETA1', '2.3.0-RC1', '2.4.0-BETA1', '2015.04.28', '2015.09.06', '2015.09.06.1', '2015.09.06.2',
  '2015.11.20', '2015.11.20.1', '2016.08.02', '2016.09.26', '2017.07.27.1', '2017.11.05', '2018.10.15', '2018.11.29', '2019.06.16', '2019.11.28',
  '2020.04.05', '2020.04.05.1', '2020.04.05.2', '2020.11.08', '2020.12.05', '2021.05.30', '2022.05.18.1', '2022.06.15.1', '2022.06.15.2',
  '2022.12.07', '2023.05.07', '2024.07.04', '2024.12.14', '2025.04.26', '2025.10.05', '3.0.0-alpha1', '3.0.0-alpha1+compat', '3.0.0-beta1',
  '3.14.0-rc1', '3.14.0-rc2', '3.2.0-alpha1', '4.0.0', '4.0.0-RC1', '4.0.0-beta', '4.0.0-beta.2', '4.0.0-rc.1', '4.0.0-rc.2', '7.0.0-beta.1',
  '7.0.0-rc.1', 'V2.2.3', 'V3.5.6', 'checkout', 'phpmailer-2.0.3', 'phpmailer-2.3.0', 'phpmailer-2.3.0@186', 'phpmailer-5.0.0', 'phpmailer-5.1',
  'release-2.0.0', 'release-2.2.0rc1', 'release-2.2.0rc2', 'release-2.2.2', 'release-2.4.0rc1', 'release-2.4.0rc2', 'release-2.4.0rc5', 'trunk',
  'v0.2', 'v0.5.0-PHP5.2', 'v0.6.0-b3', 'v0.6.1-PHP5.2', 'v0.6.2-PHP5.2', 'v0.6.4-PHP5.2', 'v0.6.5-PHP5.2', 'v0.7.0-beta', 'v0.7.0-beta2',
  'v0.7.0-beta3', 'v0.9.0', 'v1.0', 'v1.0.0RC1', 'v1.0.0RC2', 'v1.0.0RC3', 'v1.0.0RC5', 'v1.0.0RC6', 'v1.0.0beta', 'v1.0.0beta1', 'v1.1', 'v1.10.0',
  'v1.3', 'v1.4.0-strict', 'v1.4.1-strict', 'v1.6.1-strict', 'v2.0.0', 'v2.0.0-alpha1', 'v2.0.0-alpha2', 'v2.0.0-alpha3', 'v2.0.0-beta.1',
  'v2.0.0-beta1', 'v2.0.0-beta2', 'v2.0.0-strict', 'v2.0.0alpha1', 'v2.0.0beta1', 'v2.0.3.1', 'v2.1.0', 'v2.1.1-strict', 'v2.10.0', 'v2.2.0-RC1',
  'v2.2.1.1', 'v2.3.2.1', 'v2.4.0-BETA1', 'v2.4.0-RC1', 'v2.4.0beta1', 'v2.4.0beta5', 'v2.5.0-BETA2', 'v2.5.0-RC1', 'v3.0.0-alpha1', 'v3.0.0.0.rc',
  'v3.0.0rc1', 'v3.0.0rc3', 'v3.0.1.0.rc', 'v3.0.3-0', 'v3.1.0+2', 'v3.1.0rc1', 'v3.1.1+1', 'v3.1.1+2', 'v3.1.1.1', 'v3.1.37.1', 'v3.15.0-beta1',
  'v3.2.0+1', 'v3.2.0+4', 'v3.6.0-BETA1', 'v4.0-beta.1', 'v4.0-beta.12', 'v4.0-beta.19', 'v4.0-beta.21', 'v4.0-beta.29', 'v4.0-rc.1', 'v4.0.0-BETA3',
  'v4.0.0-RC2', 'v4.0.0-rc.0', 'v4.0.0alpha1', 'v4.0.0alpha2', 'v4.0.0beta1', 'v4.3.0-RC1', 'v5.0.0-rc1', 'v5.0.0-rc2', 'v5.0.0-rc3', 'v5.0.0alpha1',
  'v5.0.0alpha2', 'v5.0.0rc1', 'v5.4.0-BETA2', 'v6.0.0rc1', 'v6.7',
]; // biome-ignore format: a dense table

/** Branches that are numbers to Composer. */
export const REAL_NUMERIC_BRANCHES: readonly string[] = [
  '0.2', '0.9', '1.0.x', '1.1', '1.6', '1.8', '1.x', '2.0', '2.2', '2.3', '2.4', '2.5', '2.x', '3.0', '3.10.x', '3.2', '3.9.x', '3.x', '4.2.x',
  '4.3.x', '4.x', '5.0.x', '5.3', '5.x', '6.12.0', '7.5', 'v1.0', 'v1.x', 'v2.x', 'v7.0.0',
]; // biome-ignore format: a dense table

export const REAL_NAMED_BRANCHES: readonly string[] = [
  '1022_prependtemplatedir', '2.0-stable', '2.x-retry-on-act', '3.x-stable', '420upd', '5007-refactor-path-helpers', '633_nullsafe_operator',
  '949_too_many_shorthand_attributes', '952_scoped_variables_overwriting_parent_scope', '966_error_in_compilealltemplates',
  '972_assign_returned_this', '979_setErrorUnassigned', '994_getTemplateVars_returns_objects', 'SMTPUTF8-test', 'add-link-class',
  'add-zizmor-dependabot-2.x', 'add/temp-file', 'add/trust-project-config', 'add/url-validation', 'allow-debugbar-1.24', 'backup/paging-updates',
  'backup/paging-updates-2', 'bugfix/699', 'bugfix/caching_attributes_and_cacheable_plugin', 'bugfix/do_not_use_obsolete_smarty_properties',
  'bugfix/fix_undefined_property_warnings', 'bugfix/issue_1189_inheritance_state_leak', 'bugfix/mute_errors_for_php7_too',
  'bugfix/rand_without_param_v3', 'bugfix/static-classes-none-typeerror', 'bugfix/strip_tags_php81', 'bugfix/underscore_in_template_name',
  'chmod-msg', 'clean_output_buffer_for_all_throwables_v4', 'convert-docs', 'create-pull-request/patch', 'date-cleaning', 'debugbar-2.2.0',
  'default-hidetabs-true', 'dependabot/npm_and_yarn/bootstrap-5.0.0', 'dependabot/npm_and_yarn/multi-88a11a70a4', 'dnf-union-types', 'doc/1152',
  'docs', 'emulate-v1-groups', 'feat-build-docs', 'feat-collect-jobs', 'feat-copy-icon', 'feat-debugbar3', 'feat-extend-sql-widget',
  'feat-hide-empty-tabs', 'feat-map-tooltips', 'feat-ulid', 'feature/1012_support_backed_enums', 'feature/1012_support_backed_enums2',
  'feature/3.x/has-directory', 'feature/938_regex_matches_operator', 'feature/add_docs', 'feature/close-sftp-and-ftp-connections',
  'feature/copy-without-visibility', 'feature/dereferencing_of_non_objects', 'feature/fix_file_perms_and_respect_umask',
  'feature/improve_docs_markdown', 'feature/improve_unit_tests_1178', 'feature/php-8.1', 'feature/php8-supporrt', 'feature/php83support',
  'feature/prevent-same-path-copy-and-move', 'feature/update-ci', 'feature/wait-abstraction', 'features/docs', 'features/php83support_43',
  'feauture/run_unit_tests_for_php_5', 'fix-4.x-queries', 'fix-auth-collector', 'fix-clear-command-v4', 'fix-no-default-capture-dumpo',
  'fix-v4-tests', 'fix-warnings-in-tests', 'fix/gracefully-handle-missing-extension', 'fix_phpunit_expectedexceptions', 'groups-name', 'i155-fix',
  'improve-checks-for-http-2', 'improve-storage-scan', 'issue-8145', 'issue/1063', 'issue_1074', 'issue_876', 'issue_895_43',
  'issue_935_template_path_in_compilerexception', 'issue_939_for_smarty4', 'issue_939_support_implode_substr_json_encode',
  'js_escape_security_fix_31', 'master', 'next', 'nullable-type-def', 'one-dot-two', 'page-break-updates', 'php-8.2', 'php8.4', 'php82',
  'php85_support_for_smarty4', 'remove/old-global-terms-test', 'remove_references_to_smarty.net', 'restore-mail-timeline',
  'revert-350-fix_query_logging_is_off', 'revert-353-1.8', 'revert-463-master', 'rtl_language_support_and_computed_css',
  'security/blockfunctioninjection_v3', 'security/pt-vulns-v4', 'smarty5_codeframes', 'smarty5_new_codeframes', 'support/2.6', 'support/smarty3',
  'symfony8', 'test', 'test-laravel-13', 'test-livewire-3-4', 'time-octane-reset', 'try/fix-realpath', 'try/release-workflow', 'tweak-app-config',
  'twig', 'type-def-value-object', 'use-new-metadata', 'v3-changes', 'variables_by_reference_964',
]; // biome-ignore format: a dense table
