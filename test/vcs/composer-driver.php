<?php

// Prints what Composer's own driver lists of a repository, and the versions that Composer makes of it, as JSON.
// Arguments: the autoloader of Composer's library, the configuration of the repository as JSON, a folder for its cache.

use Composer\Factory;
use Composer\IO\NullIO;
use Composer\Package\AliasPackage;
use Composer\Package\Dumper\ArrayDumper;
use Composer\Repository\VcsRepository;
use Composer\Util\HttpDownloader;

error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
[, $autoloader, $settings, $cache] = $argv;
require $autoloader;

$io = new NullIO();
$config = Factory::createConfig($io);
$config->merge(['config' => ['secure-http' => false, 'cache-dir' => $cache, 'cache-vcs-dir' => "$cache/vcs", 'cache-repo-dir' => "$cache/repo"]]);
$repository = new VcsRepository(json_decode($settings, true), $io, $config, new HttpDownloader($io, $config));
$driver = $repository->getDriver();
$packages = [];
foreach ($repository->getPackages() as $package) {
    if ($package instanceof AliasPackage) {
        continue;
    }
    $data = (new ArrayDumper())->dump($package);
    $packages[] = [
        'name' => $data['name'],
        'version' => $data['version'],
        'normalized' => $data['version_normalized'],
        'reference' => $package->getSourceReference(),
        'time' => $package->getReleaseDate()->setTimezone(new DateTimeZone('UTC'))->format(DATE_RFC3339),
        'default' => $data['default-branch'] ?? false,
    ];
}
$named = fn (array $refs) => array_map(fn ($name, $reference) => [(string) $name, $reference], array_keys($refs), $refs);
echo json_encode(['tags' => $named($driver->getTags()), 'branches' => $named($driver->getBranches()), 'packages' => $packages], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
