<?php

// Answers questions with Composer's own PHP library. One question a line on standard input, [function, ...arguments] in JSON;
// one answer a line on standard output: {"value": …}, {"error": message}, or {"crash": message} for what is not an \Exception.

use Composer\Composer;
use Composer\Config;
use Composer\IO\IOInterface;
use Composer\IO\NullIO;
use Composer\MetadataMinifier\MetadataMinifier;
use Composer\Package\AliasPackage;
use Composer\Package\BasePackage;
use Composer\Package\Loader\ArrayLoader;
use Composer\Package\Loader\InvalidPackageException;
use Composer\Package\Loader\LoaderInterface;
use Composer\Package\Loader\ValidatingArrayLoader;
use Composer\Repository\InvalidRepositoryException;
use Composer\Repository\Vcs\VcsDriver;
use Composer\Repository\VcsRepository;
use Composer\Semver\Constraint\MatchNoneConstraint;
use Composer\Semver\Intervals;
use Composer\Semver\VersionParser;
use Composer\Spdx\SpdxLicenses;
use Composer\Util\ErrorHandler;
use Composer\Util\HttpDownloader;

error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
ini_set('memory_limit', '1G');
require $argv[1];
ErrorHandler::register();

final class CapturingLoader implements LoaderInterface
{
    public array $config = [];

    public function load(array $config, string $class = 'Composer\Package\CompletePackage'): BasePackage
    {
        $this->config = $config;

        return (new ArrayLoader())->load($config, $class);
    }
}

/** A repository that is only said to be there. */
final class DescribedDriver extends VcsDriver
{
    public function initialize(): void
    {
    }

    public function getRootIdentifier(): string
    {
        return $this->repoConfig['described']['defaultBranch'];
    }

    public function getFileContent(string $file, string $identifier): ?string
    {
        return $this->ref($identifier)['manifest'] ?? null;
    }

    public function getChangeDate(string $identifier): ?\DateTimeImmutable
    {
        return new \DateTimeImmutable($this->ref($identifier)['date'], new \DateTimeZone('UTC'));
    }

    public function getBranches(): array
    {
        return array_column($this->repoConfig['described']['branches'], 'commit', 'name');
    }

    public function getTags(): array
    {
        return array_column($this->repoConfig['described']['tags'], 'commit', 'name');
    }

    public function getDist(string $identifier): ?array
    {
        return null;
    }

    public function getSource(string $identifier): array
    {
        return ['type' => 'git', 'url' => 'https://example.org/described.git', 'reference' => $identifier];
    }

    public function getUrl(): string
    {
        return 'https://example.org/described.git';
    }

    public static function supports(IOInterface $io, Config $config, string $url, bool $deep = false): bool
    {
        return true;
    }

    private function ref(string $identifier): array
    {
        foreach (['tags', 'branches'] as $kind) {
            foreach ($this->repoConfig['described'][$kind] as $ref) {
                if ($ref['commit'] === $identifier || ($kind === 'branches' && $ref['name'] === $identifier)) {
                    return $ref;
                }
            }
        }

        return ['date' => '2020-01-01'];
    }
}

function versions(array $described): array
{
    $config = new Config(false);
    $io = new NullIO();
    $repository = new VcsRepository(
        ['url' => 'https://example.org/described.git', 'type' => 'described', 'described' => $described],
        $io,
        $config,
        new HttpDownloader($io, $config),
        null,
        null,
        ['described' => DescribedDriver::class]
    );
    $repository->setLoader(new ValidatingArrayLoader(new ArrayLoader(), true));
    try {
        $packages = $repository->getPackages();
    } catch (InvalidRepositoryException $e) {
        return [];
    }
    $versions = [];
    foreach ($packages as $package) {
        if ($package instanceof AliasPackage) {
            continue;
        }
        $versions[] = [
            'name' => $package->getPrettyName(),
            'version' => $package->getPrettyVersion(),
            'versionNormalized' => $package->getVersion(),
            'commit' => $package->getSourceReference(),
            'time' => $package->getReleaseDate() === null ? null : $package->getReleaseDate()->setTimezone(new DateTimeZone('UTC'))->format(DATE_RFC3339),
            'isDev' => $package->isDev(),
            'isDefaultBranch' => $package->isDefaultBranch(),
        ];
    }

    return $versions;
}

function judge(array $manifest): array
{
    $inner = new CapturingLoader();
    $loader = new ValidatingArrayLoader($inner, true);
    try {
        $loader->load($manifest);
    } catch (InvalidPackageException $e) {
        return ['errors' => $e->getErrors(), 'warnings' => $e->getWarnings()];
    }

    return ['errors' => [], 'warnings' => $loader->getWarnings(), 'config' => $inner->config];
}

$parser = new VersionParser();
$licenses = new SpdxLicenses();
$functions = [
    'library' => fn () => Composer::VERSION,
    'normalize' => fn ($version) => $parser->normalize($version),
    'normalizeBranch' => fn ($name) => $parser->normalizeBranch($name),
    'parseNumericAliasPrefix' => fn ($branch) => $parser->parseNumericAliasPrefix($branch),
    'parseStability' => fn ($version) => VersionParser::parseStability($version),
    'parseConstraints' => fn ($text) => (string) $parser->parseConstraints($text),
    'matchesNothing' => fn ($text) => Intervals::compactConstraint($parser->parseConstraints($text)) instanceof MatchNoneConstraint,
    'versionCompare' => fn ($a, $b) => version_compare($a, $b),
    'minify' => fn ($versions) => MetadataMinifier::minify($versions),
    'expand' => fn ($versions) => MetadataMinifier::expand($versions),
    'versions' => fn ($described) => versions($described),
    'judge' => fn ($manifest) => judge($manifest),
    'namingError' => fn ($name) => ValidatingArrayLoader::hasPackageNamingError($name),
    'licenses' => fn () => array_column($licenses->getLicenses(), 0),
    'license' => fn ($text) => $licenses->validate($text),
    'email' => fn ($text) => false !== filter_var($text, FILTER_VALIDATE_EMAIL),
    'url' => function ($text) {
        $bits = parse_url($text);

        return $text === '' || (!empty($bits['scheme']) && !empty($bits['host']) && in_array($bits['scheme'], ['http', 'https'], true));
    },
    'time' => fn ($text) => (new DateTime($text, new DateTimeZone('UTC')))->getTimestamp(),
    'decodes' => fn ($text) => is_array(json_decode($text, true)),
];

while (($line = fgets(STDIN)) !== false) {
    $arguments = json_decode($line, true, 2048, JSON_THROW_ON_ERROR);
    $function = array_shift($arguments);
    try {
        $answer = ['value' => $functions[$function](...$arguments)];
    } catch (\Exception $e) {
        $answer = ['error' => $e->getMessage()];
    } catch (\Throwable $e) {
        $answer = ['crash' => get_class($e) . ': ' . $e->getMessage()];
    }
    echo json_encode($answer, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR, 2048), "\n";
}
