<?php

// Has Composer's library update one package in the lock file of a project, as Dependabot does: without a client, without installing anything, with
// credentials that it puts into the configuration. Prints the version that is locked then.
// https://github.com/dependabot/dependabot-core/tree/main/composer/helpers/v2/src (UpdateChecker.php, Updater.php)
// Arguments: the autoloader of Composer's library, the project's folder, the package, the credentials as JSON: host, username, password.

use Composer\DependencyResolver\Request;
use Composer\Factory;
use Composer\Filter\PlatformRequirementFilter\PlatformRequirementFilterFactory;
use Composer\Installer;
use Composer\IO\BufferIO;

error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
[, $autoloader, $directory, $package, $credentials] = $argv;
require $autoloader;

['host' => $host, 'username' => $username, 'password' => $password] = json_decode($credentials, true);
chdir($directory);
$io = new BufferIO();
$composer = Factory::create($io, "$directory/composer.json");
$config = $composer->getConfig();
$config->merge(['config' => ['http-basic' => [$host => ['username' => $username, 'password' => $password]]]]);
$io->loadConfiguration($config);
$composer->getEventDispatcher()->setRunScripts(false);

$installer = new Installer(
    $io,
    $config,
    $composer->getPackage(),
    $composer->getDownloadManager(),
    $composer->getRepositoryManager(),
    $composer->getLocker(),
    $composer->getInstallationManager(),
    $composer->getEventDispatcher(),
    $composer->getAutoloadGenerator(),
);
$code = $installer
    ->setUpdate(true)
    ->setInstall(false)
    ->setDevMode(true)
    ->setUpdateAllowList([$package])
    ->setUpdateAllowTransitiveDependencies(Request::UPDATE_LISTED_WITH_TRANSITIVE_DEPS)
    ->setDumpAutoloader(false)
    ->setPlatformRequirementFilter(PlatformRequirementFilterFactory::fromBoolOrList(false))
    ->setAudit(false)
    ->run();
if ($code !== 0) {
    fwrite(STDERR, $io->getOutput());
    exit($code);
}
foreach ($composer->getLocker()->getLockedRepository(true)->getPackages() as $locked) {
    if ($locked->getName() === $package) {
        echo json_encode(['version' => $locked->getPrettyVersion(), 'dist' => $locked->getDistUrl()]);
    }
}
