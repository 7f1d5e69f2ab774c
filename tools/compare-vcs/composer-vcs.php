<?php

// Reads one git repository as a `vcs` entry in somebody's composer.json makes Composer read it, and prints its packages as JSON.
// Arguments: the autoloader of Composer's library, the repository's folder.
// Each package also carries what the validating loader says to it, with which Packagist reads repositories.

use Composer\Composer;
use Composer\Factory;
use Composer\IO\NullIO;
use Composer\Package\AliasPackage;
use Composer\Package\BasePackage;
use Composer\Package\CompletePackageInterface;
use Composer\Package\Loader\ArrayLoader;
use Composer\Package\Loader\InvalidPackageException;
use Composer\Package\Loader\LoaderInterface;
use Composer\Package\Loader\ValidatingArrayLoader;
use Composer\Package\PackageInterface;
use Composer\Repository\InvalidRepositoryException;
use Composer\Repository\VcsRepository;
use Composer\Semver\VersionParser;
use Composer\Util\HttpDownloader;

error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
ini_set('memory_limit', '2G');
require $argv[1];

/** Loads as clients do, and remembers what the validating loader would have made of it. */
final class JudgingLoader implements LoaderInterface
{
    public SplObjectStorage $judgements;

    public function __construct()
    {
        $this->judgements = new SplObjectStorage();
    }

    public function load(array $config, string $class = 'Composer\Package\CompletePackage'): BasePackage
    {
        $package = (new ArrayLoader())->load($config, $class);
        $validating = new ValidatingArrayLoader(new ArrayLoader());
        try {
            $valid = $validating->load($config, $class);
            $judgement = ['errors' => [], 'warnings' => $validating->getWarnings(), 'values' => values(withoutAlias($valid))];
        } catch (InvalidPackageException $e) {
            $judgement = ['errors' => $e->getErrors(), 'warnings' => $e->getWarnings(), 'values' => null];
        }
        $this->judgements[withoutAlias($package)] = $judgement;

        return $package;
    }
}

function withoutAlias(PackageInterface $package): PackageInterface
{
    return $package instanceof AliasPackage ? $package->getAliasOf() : $package;
}

function values(PackageInterface $package): array
{
    $require = [];
    foreach ($package->getRequires() as $link) {
        $require[$link->getTarget()] = $link->getPrettyConstraint();
    }
    $isAbandoned = $package instanceof CompletePackageInterface && $package->isAbandoned();

    return [
        'name' => $package->getPrettyName(),
        'version' => $package->getPrettyVersion(),
        'versionNormalized' => $package->getVersion(),
        'reference' => $package->getSourceReference(),
        'type' => $package->getType(),
        'require' => (object) $require,
        'autoload' => $package->getAutoload(),
        'extra' => $package->getExtra(),
        'abandoned' => $isAbandoned ? ($package->getReplacementPackage() ?? true) : false,
        'defaultBranch' => $package->isDefaultBranch(),
    ];
}

function takesVersion(string $version): bool
{
    try {
        (new VersionParser())->normalize($version);
    } catch (UnexpectedValueException $e) {
        return false;
    }

    return true;
}

$io = new NullIO();
$config = Factory::createConfig($io);
$repository = new VcsRepository(['type' => 'git', 'url' => $argv[2]], $io, $config, new HttpDownloader($io, $config));
$loader = new JudgingLoader();
$repository->setLoader($loader);
try {
    $packages = $repository->getPackages();
} catch (InvalidRepositoryException $e) {
    // No composer.json makes a package in any branch or tag.
    $packages = [];
}
$rows = [];
foreach ($packages as $package) {
    if (!$package instanceof AliasPackage) {
        $rows[] = ['values' => values($package), 'judgement' => $loader->judgements[$package]];
    }
}
echo json_encode(
    [
        'composer' => Composer::getVersion(),
        'takesDatesAsMajors' => takesVersion('20240102.1.0'),
        'rows' => $rows,
    ],
    JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR,
    2048
), "\n";
