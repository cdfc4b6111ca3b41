using System.IO.Enumeration;
using System.Text.RegularExpressions;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Daemon.Registry.Access;

/// <summary>What an access key may do in some repositories.</summary>
/// <param name="Pattern">A repository's familiar name; <c>*</c> in it stands for any run of characters.</param>
internal sealed partial record RepositoryGrant(string Pattern, RepositoryRights Rights)
{
    private const int LongestPattern = 255;

    /// <summary>Reads <c>PATTERN=RIGHT,RIGHT</c>. Whoever may push may pull: a push looks first at what is there.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>.</exception>
    public static RepositoryGrant Parse(string text)
    {
        string[] sides = text.Split('=', 2);
        if (sides.Length != 2 || sides[0].Length > LongestPattern || !PatternForm().IsMatch(sides[0]) || RightsText.Parse(sides[1]) is not { } rights)
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument,
                $"'{text}' does not say what a key may do in repositories",
                "Write PATTERN=RIGHTS, with * for any characters and rights out of pull, push and delete: 'team/*=pull,push', 'base=pull', '*=pull'.");
        }

        // library/demo and demo are one repository.
        string pattern = RepositoryName.TryParse(sides[0], out RepositoryName? name) ? name.ToString() : sides[0];
        return new RepositoryGrant(pattern, rights.HasFlag(RepositoryRights.Push) ? rights | RepositoryRights.Pull : rights);
    }

    /// <summary>Whether it is about a repository.</summary>
    public bool Covers(RepositoryName repository) => FileSystemName.MatchesSimpleExpression(Pattern, repository.ToString(), ignoreCase: false);

    /// <inheritdoc/>
    public override string ToString() => $"{Pattern}={RightsText.Of(Rights)}";

    [GeneratedRegex(@"^[a-z0-9*][a-z0-9*._/-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PatternForm();
}
