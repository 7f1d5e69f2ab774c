<?php

// Reads one repository as a `vcs` entry in somebody's composer.json makes Composer read it, and files of a registry as a `composer`
// entry does, and prints the packages of both as JSON. Argument: the autoloader of Composer's library. Standard input, as JSON:
// `driver` (`git`, `github`, `gitlab` or `bitbucket`), `url`; for GitHub and Bitbucket `hosts`, what answers in the place of each address of
// theirs, and the header `authorization` for it; for GitLab `domain`, where it is, and a `token` for it; `archives`, the commits whose archives
// are downloaded; `git`, the repository in a folder here, where links matter; `files`, the texts of the registry's p2 files.
// Each package of the repository also carries what the validating loader says to it, with which Packagist reads repositories.

use Composer\Composer;
use Composer\Config;
use Composer\Downloader\TransportException;
use Composer\Factory;
use Composer\IO\NullIO;
use Composer\Json\JsonFile;
use Composer\MetadataMinifier\MetadataMinifier;
use Composer\Package\AliasPackage;
use Composer\Package\BasePackage;
use Composer\Package\Dumper\ArrayDumper;
use Composer\Package\Loader\ArrayLoader;
use Composer\Package\Loader\InvalidPackageException;
use Composer\Package\Loader\LoaderInterface;
use Composer\Package\Loader\ValidatingArrayLoader;
use Composer\Package\PackageInterface;
use Composer\Repository\InvalidRepositoryException;
use Composer\Repository\Vcs\GitBitbucketDriver;
use Composer\Repository\Vcs\GitDriver;
use Composer\Repository\Vcs\GitHubDriver;
use Composer\Repository\Vcs\GitLabDriver;
use Composer\Repository\Vcs\VcsDriverInterface;
use Composer\Repository\VcsRepository;
use Composer\Semver\VersionParser;
use Composer\Util\ErrorHandler;
use Composer\Util\Http\Response;
use Composer\Util\HttpDownloader;

error_reporting(E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
ini_set('memory_limit', '4G');
require $argv[1];
// As the program does: warnings of PHP are exceptions.
ErrorHandler::register();

/** What is known of a reading that can begin anew: where PHP ends it, the ref at hand is passed over the next time. */
final class Reading
{
    /** Of the ref at hand: a commit, or the name of the default branch. */
    public static string $identifier = '';
    /** @var array<string, string> what PHP says, by identifier */
    public static array $broken = [];
    /** @var array<string, array|Exception|null> by identifier */
    public static array $manifests = [];
    /** @var array<string, list<string>> the keys of the manifest itself, by identifier */
    public static array $keys = [];
    /** @var array<string, true> whose manifest has no time of its own, by identifier */
    public static array $dated = [];

    /** @throws Exception */
    public static function manifest(string $identifier, callable $read): ?array
    {
        self::$identifier = $identifier;
        if (isset(self::$broken[$identifier])) {
            throw new RuntimeException(self::$broken[$identifier]);
        }
        if (!array_key_exists($identifier, self::$manifests)) {
            try {
                self::$manifests[$identifier] = $read();
            } catch (Exception $e) {
                if ($e instanceof TransportException && $e->getCode() !== 404) {
                    throw $e;
                }
                self::$manifests[$identifier] = $e;
            }
        }
        $known = self::$manifests[$identifier];
        if ($known instanceof Exception) {
            throw $known;
        }

        return $known;
    }

    /** @return bool whether there is more to read without the ref at hand */
    public static function breakAt(Throwable $e): bool
    {
        $isNew = !isset(self::$broken[self::$identifier]);
        self::$broken[self::$identifier] = get_class($e) . ': ' . $e->getMessage();

        return $isNew;
    }
}

trait ReadsOnce
{
    public function getComposerInformation(string $identifier): ?array
    {
        return Reading::manifest($identifier, fn () => parent::getComposerInformation($identifier));
    }

    protected function getBaseComposerInformation(string $identifier): ?array
    {
        $manifest = parent::getBaseComposerInformation($identifier);
        $keys = array_keys(array_filter($manifest ?? [], fn ($value) => $value !== null));
        Reading::$keys[$identifier] = array_diff(array_map('strval', $keys), isset(Reading::$dated[$identifier]) ? ['time'] : []);

        return $manifest;
    }

    public function getChangeDate(string $identifier): ?DateTimeImmutable
    {
        Reading::$dated[$identifier] = true;

        return parent::getChangeDate($identifier);
    }
}

final class OnceGitDriver extends GitDriver
{
    use ReadsOnce;
}

final class OnceGitHubDriver extends GitHubDriver
{
    use ReadsOnce;
}

final class OnceGitLabDriver extends GitLabDriver
{
    use ReadsOnce;
}

final class OnceBitbucketDriver extends GitBitbucketDriver
{
    use ReadsOnce;
}

/** Asks other servers what is meant for a forge that drivers know under its own address only, and has them speak as that forge. */
final class ElsewhereDownloader extends HttpDownloader
{
    /** @var array<string, string> servers by the address for which they stand */
    public static array $hosts;
    public static string $authorization;

    public function get($url, $options = [])
    {
        $options['http']['header'][] = 'Authorization: ' . self::$authorization;
        $response = parent::get(strtr($url, self::$hosts), $options);
        if (!str_contains((string) $response->getHeader('content-type'), 'application/json')) {
            return $response;
        }
        $body = (string) $response->getBody();
        foreach (self::$hosts as $forge => $server) {
            // An address may have the name of a user before the host.
            $host = preg_quote(preg_replace('{^https?://}', '', $server), '{');
            $body = preg_replace("{https?://([^@/\"\\s]*@)?$host(?=[/\"?])}", substr_replace($forge, '$1', strlen('https://'), 0), $body);
        }

        return new Response(['url' => $url], $response->getStatusCode(), $response->getHeaders(), $body);
    }
}

/** Loads as clients do, and remembers what the validating loader would have made of it. */
final class JudgingLoader implements LoaderInterface
{
    public SplObjectStorage $judged;
    public VcsDriverInterface $driver;

    public function __construct()
    {
        $this->judged = new SplObjectStorage();
    }

    public function load(array $config, string $class = 'Composer\Package\CompletePackage'): BasePackage
    {
        $package = (new ArrayLoader())->load($config, $class);
        $validating = new ValidatingArrayLoader(new ArrayLoader());
        try {
            $valid = $this->values($validating->load($config, $class));
            $judgement = ['errors' => [], 'warnings' => $validating->getWarnings(), 'values' => $valid];
        } catch (InvalidPackageException $e) {
            $judgement = ['errors' => $e->getErrors(), 'warnings' => $e->getWarnings(), 'values' => null];
        } catch (Error $e) {
            $judgement = ['errors' => [get_class($e) . ': ' . $e->getMessage()], 'warnings' => [], 'values' => null];
        }
        $own = array_values(array_intersect(['source', 'dist', 'time', 'funding'], Reading::$keys[Reading::$identifier]));
        $this->judged[withoutAlias($package)] = [
            'values' => $this->values($package),
            'own' => $own,
            'tags' => array_map('strval', array_keys($this->driver->getTags(), Reading::$identifier, true)),
            'judgement' => $judgement,
        ];

        return $package;
    }

    /** Without what any forge's driver would say in its own way: where the archive is, and for git where the repository is. */
    private function values(PackageInterface $package): array
    {
        $values = values($package);
        $keys = Reading::$keys[Reading::$identifier];
        if (!in_array('dist', $keys, true)) {
            unset($values['metadata']['dist']);
        }
        if ($this->driver instanceof GitDriver && !in_array('source', $keys, true)) {
            unset($values['metadata']['source']);
        }

        return ['reference' => Reading::$identifier] + $values;
    }
}

function withoutAlias(PackageInterface $package): PackageInterface
{
    return $package instanceof AliasPackage ? $package->getAliasOf() : $package;
}

function values(PackageInterface $package): array
{
    $package = withoutAlias($package);
    $data = (new ArrayDumper())->dump($package);
    if ($package->getReleaseDate() !== null) {
        $data['time'] = $package->getReleaseDate()->setTimezone(new DateTimeZone('UTC'))->format(DATE_RFC3339);
    }
    if (($data['dist']['shasum'] ?? null) === '') {
        // No client looks at it.
        unset($data['dist']['shasum']);
    }
    $head = ['name' => $data['name'], 'version' => $data['version'], 'versionNormalized' => $data['version_normalized']];

    return $head + ['metadata' => array_diff_key($data, ['name' => 0, 'version' => 0, 'version_normalized' => 0])];
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

/** What asks the forge: with a token, as somebody's `auth.json` would have it. */
function downloaderFor(array $input, NullIO $io, Config $config): HttpDownloader
{
    $settings = isset($input['domain']) ? ['gitlab-domains' => [$input['domain']]] : [];
    $config->merge(['config' => ['secure-http' => false] + $settings]);
    if (isset($input['domain'])) {
        $io->setAuthentication($input['domain'], $input['token'], 'private-token');

        return new HttpDownloader($io, $config);
    }
    ElsewhereDownloader::$hosts = $input['hosts'] ?? [];
    ElsewhereDownloader::$authorization = $input['authorization'] ?? '';

    return new ElsewhereDownloader($io, $config);
}

/** The packages of the repository, without aliases. */
function readRepository(array $input): array
{
    $io = new NullIO();
    $config = Factory::createConfig($io);
    $downloader = downloaderFor($input, $io, $config);
    $drivers = [
        'git' => OnceGitDriver::class,
        'github' => OnceGitHubDriver::class,
        'gitlab' => OnceGitLabDriver::class,
        'bitbucket' => OnceBitbucketDriver::class,
    ];
    do {
        $repository = new VcsRepository(
            ['type' => $input['driver'], 'url' => $input['url'], 'allow-git-fallback' => false],
            $io,
            $config,
            $downloader,
            null,
            null,
            $drivers
        );
        $loader = new JudgingLoader();
        $loader->driver = $repository->getDriver();
        $repository->setLoader($loader);
        $isBroken = false;
        $rows = [];
        try {
            foreach ($repository->getPackages() as $package) {
                if (!$package instanceof AliasPackage) {
                    $rows[] = $loader->judged[$package];
                }
            }
        } catch (InvalidRepositoryException $e) {
            // No composer.json makes a package in any branch or tag.
        } catch (Error $e) {
            // Composer catches exceptions of PHP's library and its own, but no errors: a wrong type ends the whole reading.
            $isBroken = Reading::breakAt($e);
            if (!$isBroken) {
                throw $e;
            }
        }
    } while ($isBroken);

    return [$rows, array_map(
        fn (string $identifier) => [
            'ref' => nameOf($repository->getDriver(), $identifier),
            'reference' => $repository->getDriver()->getBranches()[$identifier] ?? $identifier,
            'error' => Reading::$broken[$identifier],
        ],
        array_map('strval', array_keys(Reading::$broken))
    ), archives($repository->getDriver(), $downloader, $input['archives'] ?? [])];
}

/** The SHA-1 of what the driver has clients download, by commit. */
function archives(VcsDriverInterface $driver, HttpDownloader $downloader, array $commits): array
{
    return array_combine($commits, array_map(
        fn (string $commit) => sha1((string) $downloader->get($driver->getDist($commit)['url'])->getBody()),
        $commits
    ));
}

/** The commits whose composer.json is a symbolic link, of those that could not be read: the driver takes the link's text for it. */
function linked(string $directory): array
{
    $linked = [];
    foreach (array_filter(Reading::$manifests, fn ($manifest) => $manifest instanceof Exception) as $identifier => $manifest) {
        $entry = shell_exec(implode(' ', array_map('escapeshellarg', ['git', '-C', $directory, 'ls-tree', $identifier, 'composer.json'])));
        if (str_starts_with((string) $entry, '120000')) {
            $linked[] = (string) $identifier;
        }
    }

    return $linked;
}

function nameOf(VcsDriverInterface $driver, string $identifier): string
{
    $tags = array_keys($driver->getTags(), $identifier, true);
    $branches = array_keys($driver->getBranches(), $identifier, true);

    return implode(', ', [...$tags, ...$branches]) ?: $identifier;
}

/** The packages in a registry's file, as ComposerRepository takes them. */
function readFiles(array $files): array
{
    $rows = $unreadable = [];
    foreach ($files as $text) {
        $data = JsonFile::parseJson($text);
        foreach ($data['packages'] as $versions) {
            if (($data['minified'] ?? null) === 'composer/2.0') {
                $versions = MetadataMinifier::expand($versions);
            }
            foreach ($versions as $version) {
                try {
                    foreach ((new ArrayLoader())->loadPackages([$version]) as $package) {
                        $rows[] = ['reference' => null] + values($package);
                    }
                } catch (Throwable $e) {
                    $unreadable[] = "{$version['name']} {$version['version']}: {$e->getMessage()}";
                }
            }
        }
    }

    return [$rows, $unreadable];
}

$input = json_decode(stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
[$theirs, $broken, $archives] = readRepository($input);
[$ours, $unreadable] = readFiles($input['files']);
echo json_encode(
    [
        'composer' => Composer::getVersion(),
        'takesDatesAsMajors' => takesVersion('20240102.1.0'),
        'theirs' => $theirs,
        'broken' => $broken,
        'linked' => isset($input['git']) ? linked($input['git']) : [],
        'archives' => (object) $archives,
        'ours' => $ours,
        'unreadable' => $unreadable,
    ],
    JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR,
    2048
), "\n";
