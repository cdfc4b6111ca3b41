using System.Collections.Immutable;
using System.Globalization;
using Slipway.Content;

namespace Slipway.Engine;

/// <summary>
/// Finds who <c>user[:group]</c> is by an image's own /etc/passwd and /etc/group. A name is looked for first, so that a user who is called "0" is
/// that one; a number needs no entry. Where no group is asked for, the user's own and those that list the user come along. Lines that are
/// no entries are passed over, as the C library does.
/// </summary>
internal static class UserDatabase
{
    private const uint Maximum = int.MaxValue;

    /// <param name="request">Empty is root.</param>
    /// <param name="passwd">The text of /etc/passwd, empty where the image has none.</param>
    /// <param name="group">The text of /etc/group.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: no such user or group.</exception>
    public static ContainerUser Resolve(string request, string passwd, string group)
    {
        string[] parts = (request.Length == 0 ? "0" : request).Split(':', 2);
        string wantedUser = parts[0].Length == 0 ? "0" : parts[0];
        string? wantedGroup = parts.Length == 2 && parts[1].Length > 0 ? parts[1] : null;

        string[][] users = Entries(passwd, 7);
        string[][] groups = Entries(group, 4);
        string[]? entry = Find(users, wantedUser);
        if (entry is null && !IsNumber(wantedUser, out _))
        {
            throw NotFound("user", wantedUser, "/etc/passwd", users);
        }

        uint uid = entry is not null ? Number(entry[2]) : Number(wantedUser);
        uint gid = entry is not null ? Number(entry[3]) : 0;
        ImmutableArray<uint> additional = [];
        if (wantedGroup is not null)
        {
            string[]? named = Find(groups, wantedGroup);
            if (named is null && !IsNumber(wantedGroup, out _))
            {
                throw NotFound("group", wantedGroup, "/etc/group", groups);
            }

            gid = Number(named is null ? wantedGroup : named[2]);
        }
        else if (entry is not null)
        {
            additional = [.. groups.Where(g => g[3].Split(',').Contains(entry[0])).Select(g => Number(g[2])).Where(g => g != gid).Distinct()];
        }

        string home = entry is not null && entry[5].StartsWith('/') ? entry[5] : "/";
        return new ContainerUser(uid, gid, additional, home);
    }

    /// <summary>The entry of that name, else the first of that number (its third field).</summary>
    private static string[]? Find(string[][] entries, string nameOrNumber) =>
        Array.Find(entries, entry => entry[0] == nameOrNumber)
        ?? (IsNumber(nameOrNumber, out uint number) ? Array.Find(entries, entry => Number(entry[2]) == number) : null);

    private static string[][] Entries(string text, int fields) =>
        [.. text.Split('\n').Select(line => line.TrimEnd('\r').Split(':')).Where(entry => entry.Length >= fields && entry[0].Length > 0 && IsNumber(entry[2], out _)
            && (fields < 7 || IsNumber(entry[3], out _)))];

    private static uint Number(string text) => IsNumber(text, out uint number)
        ? number
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is no user or group number (0 to {Maximum})");

    private static bool IsNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Maximum;

    private static SlipwayException NotFound(string what, string name, string file, string[][] entries)
    {
        string known = string.Join(", ", entries.Take(20).Select(entry => entry[0]));
        return new SlipwayException(
            ErrorKind.InvalidArgument,
            $"the image has no {what} '{name}'",
            known.Length == 0 ? $"Its {file} is empty; use a number." : $"Its {file} has: {known}. Or use a number.");
    }
}
