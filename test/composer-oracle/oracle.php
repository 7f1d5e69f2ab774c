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
use Composer\Semver\VersionParser;
use Composer\Util\ComposerMirror;
use Composer\Util\ErrorHandler;
use Composer\Util\HttpDownloader;

error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
ini_set('memory_limit', '1G');
require $argv[1];
ErrorHandler::register();

/** Numeric link names end the loader of Composer's clients, so they are not published; everything else goes to the loader as it is. */
function withoutNumericLinks(array $config): array
{
    foreach (array_keys(BasePackage::$supportedLinkTypes) as $type) {
        if (is_array($config[$type] ?? null)) {
            $config[$type] = array_filter($config[$type], 'is_string', ARRAY_FILTER_USE_KEY);
        }
    }

    return $config;
}

/** Keeps what the validating loader has left of a manifest, with links as the package has them that Composer makes of it. */
final class CapturingLoader implements LoaderInterface
{
    public array $config = [];

    public function load(array $config, string $class = 'Composer\Package\CompletePackage'): BasePackage
    {
        $config = withoutNumericLinks($config);
        $package = (new ArrayLoader())->load($config, $class);
        foreach (BasePackage::$supportedLinkTypes as $type => ['method' => $method]) {
            if (!isset($config[$type])) {
                continue;
            }
            $links = $package->{'get' . ucfirst($method)}();
            $config[$type] = array_map(fn ($link) => $link->getPrettyConstraint(), $links);
            if ($links === []) {
                unset($config[$type]);
            }
        }
        $this->config = $config;

        return $package;
    }
}

/**
 * The loader that Composer's vcs repositories have, with a look at what the validating one calls an error. VcsRepository drops
 * branches for warnings only when its loader is the validating one, which nobody's composer.json can ask for.
 */
final class VcsLoader implements LoaderInterface
{
    /** @var array<string, list<string>> errors by normalized version */
    public array $errors = [];

    private bool $refusesErrors;

    public function __construct(bool $refusesErrors)
    {
        $this->refusesErrors = $refusesErrors;
    }

    public function load(array $config, string $class = 'Composer\Package\CompletePackage'): BasePackage
    {
        $inner = new CapturingLoader();
        try {
            // A name in capitals is an error to the validating loader and none to Composer.
            (new ValidatingArrayLoader($inner, true))->load(['name' => strtolower($config['name'])] + $config, $class);
        } catch (InvalidPackageException $e) {
            if ($this->refusesErrors) {
                throw $e;
            }
            $this->errors[$config['version_normalized']] = $e->getErrors();
        }

        try {
            return (new ArrayLoader())->load(withoutNumericLinks($config), $class);
        } catch (\TypeError $e) {
            // It ends Composer, where an exception only skips the version.
            throw new \UnexpectedValueException($e->getMessage(), 0, $e);
        }
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

    /** With what the drivers for GitHub, GitLab and Bitbucket do to `support`. */
    public function getComposerInformation(string $identifier): ?array
    {
        $composer = parent::getComposerInformation($identifier);
        if (isset($composer['support']) && !is_array($composer['support'])) {
            $composer['support'] = [];
        }

        return $composer;
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

/** @param bool $plain whether everything is listed that a plain vcs repository lists, with the errors of the validating loader */
function versions(array $described, bool $plain = false): array
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
    $loader = new VcsLoader(!$plain);
    $repository->setLoader($loader);
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
            'name' => $package->getName(),
            'version' => $package->getPrettyVersion(),
            'versionNormalized' => $package->getVersion(),
            'commit' => $package->getSourceReference(),
            'time' => $package->getReleaseDate() === null ? null : $package->getReleaseDate()->setTimezone(new DateTimeZone('UTC'))->format(DATE_RFC3339),
            'isDev' => $package->isDev(),
            'isDefaultBranch' => $package->isDefaultBranch(),
            'errors' => $loader->errors[$package->getVersion()] ?? [],
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

/** Loads a p2 file as ComposerRepository does. @return list<string> versions */
function read(string $file): array
{
    $metadata = json_decode($file, true);
    if (!is_array($metadata)) {
        throw new \UnexpectedValueException(json_last_error_msg());
    }
    $read = [];
    foreach ($metadata['packages'] as $versions) {
        if (($metadata['minified'] ?? null) === 'composer/2.0') {
            $versions = MetadataMinifier::expand($versions);
        }
        foreach ((new ArrayLoader())->loadPackages($versions) as $package) {
            $read[] = $package instanceof AliasPackage ? $package->getAliasOf()->getPrettyVersion() : $package->getPrettyVersion();
        }
    }

    return $read;
}

$parser = new VersionParser();
$functions = [
    'library' => fn () => Composer::VERSION,
    'normalize' => fn ($version) => $parser->normalize($version),
    'normalizeBranch' => fn ($name) => $parser->normalizeBranch($name),
    'parseNumericAliasPrefix' => fn ($branch) => $parser->parseNumericAliasPrefix($branch),
    'parseStability' => fn ($version) => VersionParser::parseStability($version),
    'parseConstraints' => fn ($text) => (string) $parser->parseConstraints($text),
    'versionCompare' => fn ($a, $b) => version_compare($a, $b),
    'minify' => fn ($versions) => MetadataMinifier::minify($versions),
    'expand' => fn ($versions) => MetadataMinifier::expand($versions),
    'versions' => fn ($described) => versions($described),
    'plainVersions' => fn ($described) => versions($described, true),
    'read' => fn ($file) => read($file),
    'mirrorUrl' => fn ($url, $reference) => ComposerMirror::processUrl($url, 'acme/lib', '1.0.0.0', $reference, 'zip', '1.0.0'),
    'judge' => fn ($manifest) => judge($manifest),
    'namingError' => fn ($name) => ValidatingArrayLoader::hasPackageNamingError($name),
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
