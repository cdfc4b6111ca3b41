using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>
/// The name of an image as people and registries write it: <c>[domain/]repository[:tag][@digest]</c>. Follows the rules that docker applies to
/// familiar names: <c>python:3</c> is <c>docker.io/library/python:3</c>, and a name without tag and digest means <c>:latest</c>.
/// </summary>
public sealed partial record ImageReference
{
    /// <summary>The domain of names that begin with none.</summary>
    public const string DefaultDomain = "docker.io";
    private const string OfficialPrefix = "library/";
    private const int MaximumNameLength = 255;

    private ImageReference(string domain, string repository, string? tag, Digest? digest)
    {
        Domain = domain;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The registry's host and port, <c>docker.io</c> where none was written.</summary>
    public string Domain { get; }

    /// <summary>The path within the registry, for example <c>library/python</c>.</summary>
    public string Repository { get; }

    /// <summary>The tag; null only where a digest alone was given.</summary>
    public string? Tag { get; }

    /// <summary>The manifest's digest where the reference pins one.</summary>
    public Digest? Digest { get; }

    /// <summary>Domain and repository without tag and digest.</summary>
    public string Name => $"{Domain}/{Repository}";

    /// <summary>The shortest spelling that parses to the same reference, as docker prints it: <c>python:3</c>.</summary>
    public string Familiar => FamiliarName + Suffix;

    /// <summary>The shortest spelling of the name without tag and digest, as docker's tables show it.</summary>
    public string FamiliarName => Domain != DefaultDomain ? Name
        : Repository.StartsWith(OfficialPrefix, StringComparison.Ordinal) && Repository.LastIndexOf('/') == OfficialPrefix.Length - 1
            ? Repository[OfficialPrefix.Length..]
            : Repository;

    private string Suffix => (Tag is null ? "" : ":" + Tag) + (Digest is { } digest ? "@" + digest : "");

    /// <summary>Reads a reference.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form; the message says which part is wrong.</exception>
    public static ImageReference Parse(string text)
    {
        (ImageReference? reference, string? fault) = Read(text);
        return reference ?? throw new SlipwayException(
            ErrorKind.InvalidArgument, $"'{text}' is not an image name: {fault}", "An image is named [registry/]repository[:tag][@sha256:...], in lower case.");
    }

    /// <summary>Reads a reference; false where the text is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = text is null ? null : Read(text).Reference;
        return reference is not null;
    }

    /// <summary>Whether the text has the form of a tag.</summary>
    public static bool IsTag(string text) => TagPattern().IsMatch(text);

    /// <summary>A tag of a repository; null: the repository alone.</summary>
    public static ImageReference Of(RepositoryName repository, string? tag) => new(repository.Domain, repository.Path, tag, null);

    /// <summary>The same name under another tag, without digest.</summary>
    public ImageReference WithTag(string tag) => Parse($"{Name}:{tag}");

    /// <summary>The full spelling: domain, repository, tag and digest.</summary>
    public override string ToString() => Name + Suffix;

    private static (ImageReference? Reference, string? Fault) Read(string text)
    {
        Digest? digest = null;
        string rest = text;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!Content.Digest.TryParse(rest[(at + 1)..], out Digest pinned))
            {
                return (null, "what follows '@' is not a sha256 digest");
            }

            digest = pinned;
            rest = rest[..at];
        }

        string? tag = null;
        int colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/'))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!TagPattern().IsMatch(tag))
            {
                return (null, $"'{tag}' is not a tag");
            }
        }

        (string domain, string repository) = SplitDomain(rest);
        string? fault = FaultOf(domain, repository);
        return fault is not null ? (null, fault) : (new(domain, repository, tag ?? (digest is null ? "latest" : null), digest), null);
    }

    private static (string Domain, string Repository) SplitDomain(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : name[..slash];
        bool isDomain = first.AsSpan().IndexOfAny('.', ':') >= 0 || first == "localhost" || first.AsSpan().ContainsAnyInRange('A', 'Z');
        string domain = isDomain ? first : DefaultDomain;
        string repository = isDomain ? name[(slash + 1)..] : name;
        if (domain == "index.docker.io")
        {
            domain = DefaultDomain;
        }

        if (domain == DefaultDomain && !repository.Contains('/', StringComparison.Ordinal))
        {
            repository = OfficialPrefix + repository;
        }

        return (domain, repository);
    }

    private static string? FaultOf(string domain, string repository)
    {
        if (!DomainPattern().IsMatch(domain))
        {
            return $"'{domain}' is not a registry's host";
        }

        if (repository.AsSpan().ContainsAnyInRange('A', 'Z'))
        {
            return "a repository is written in lower case";
        }

        if (!RepositoryPattern().IsMatch(repository))
        {
            return "a repository consists of lower-case letters, digits, and single separators . _ - between them, in parts joined by /";
        }

        if (domain.Length + 1 + repository.Length > MaximumNameLength)
        {
            return $"the name is longer than {MaximumNameLength} characters";
        }

        return domain == DefaultDomain && Content.Digest.TryParseHex(repository.AsSpan(OfficialPrefix.Length < repository.Length ? OfficialPrefix.Length : 0), out _)
            ? "64 hex digits are an image's id, not a name"
            : null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DomainPattern();
}
