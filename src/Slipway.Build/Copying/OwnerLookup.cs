using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Slipway.Content;
using Slipway.Linux;

namespace Slipway.Build.Copying;

/// <summary>Finds what <c>user[:group]</c> means in an image, by its <c>/etc/passwd</c> and <c>/etc/group</c>, read within its root.</summary>
internal static class OwnerLookup
{
    private const int MaximumSize = 16 << 20;

    /// <summary>A user by number has the same number as group, one by name the group that passwd states (BuildKit's rule for --chown and WORKDIR).</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the image knows no such user or group.</exception>
    public static FileOwner Find(SafeFileHandle root, string text)
    {
        if (text.Length == 0)
        {
            return FileOwner.Root;
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string user = colon < 0 ? text : text[..colon];
        FileOwner owner = FindUser(root, user);
        return colon < 0 || colon == text.Length - 1 ? owner : owner with { Group = FindGroup(root, text[(colon + 1)..]) };
    }

    private static FileOwner FindUser(SafeFileHandle root, string user)
    {
        if (TryId(user, out int id))
        {
            return new(id, id);
        }

        // name:password:uid:gid:…
        string[]? line = FindLine(root, "etc/passwd", user, 4);
        return line is not null && TryId(line[2], out int uid) && TryId(line[3], out int gid)
            ? new(uid, gid)
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"the image has no user '{user}' in /etc/passwd", "Add it by RUN useradd, or give a number.");
    }

    private static int FindGroup(SafeFileHandle root, string group)
    {
        if (TryId(group, out int id))
        {
            return id;
        }

        // name:password:gid:…
        string[]? line = FindLine(root, "etc/group", group, 3);
        return line is not null && TryId(line[2], out int gid)
            ? gid
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"the image has no group '{group}' in /etc/group", "Add it by RUN groupadd, or give a number.");
    }

    private static bool TryId(string text, out int id) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static string[]? FindLine(SafeFileHandle root, string path, string name, int fields)
    {
        using SafeFileHandle file = Libc.TryOpenAt(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlock, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out int errno);
        if (errno != 0 || Libc.Status(file) is not { IsRegular: true, Size: <= MaximumSize })
        {
            return null;
        }

        using StreamReader reader = new(new FileStream(file, FileAccess.Read));
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(':');
            if (parts.Length >= fields && parts[0] == name)
            {
                return parts;
            }
        }

        return null;
    }
}
