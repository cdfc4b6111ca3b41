using Slipway.Build.Running;
using Slipway.Content;
using Slipway.Linux.Sqlite;

namespace Slipway.Build.Inventory.Rpm;

/// <summary>What rpm installed: its database, in each of the three forms that distributions have.</summary>
/// <param name="scratch">For a copy of an SQLite database: the library opens files by their path, and the image is read-only.</param>
internal sealed class RpmPackages(BuildScratch scratch)
{
    private static readonly string[] Folders = ["usr/lib/sysimage/rpm", "var/lib/rpm", "usr/share/rpm"];

    /// <summary>The packages of the first database that is found.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: it cannot be read; names the file.</exception>
    public IEnumerable<Package> Read(ImageTree image)
    {
        foreach (string folder in Folders)
        {
            (string Name, Func<ImageTree, string, IEnumerable<byte[]>> Headers)[] forms =
                [("rpmdb.sqlite", OfSqlite), ("Packages.db", OfNdb), ("Packages", OfBerkeley)];
            foreach ((string name, Func<ImageTree, string, IEnumerable<byte[]>> headers) in forms)
            {
                string path = $"{folder}/{name}";
                if (image.HasFile(path))
                {
                    return [.. Guarded(image, path, headers).Select(header => RpmHeader.Parse(header, path)).OfType<Package>()];
                }
            }
        }

        return [];
    }

    private static List<byte[]> Guarded(ImageTree image, string path, Func<ImageTree, string, IEnumerable<byte[]>> headers)
    {
        try
        {
            return [.. headers(image, path)];
        }
        catch (Exception fault) when (fault is SqliteException or InvalidDataException or ArgumentOutOfRangeException)
        {
            throw new SlipwayException(ErrorKind.Corrupt, $"/{path} in the image is no database of rpm that can be read: {fault.Message}", innerException: fault);
        }
    }

    private static IEnumerable<byte[]> OfNdb(ImageTree image, string path) => NdbDatabase.Headers(image.ReadBytes(path)!);

    private static IEnumerable<byte[]> OfBerkeley(ImageTree image, string path) => BerkeleyDatabase.Values(image.ReadBytes(path)!);

    private List<byte[]> OfSqlite(ImageTree image, string path)
    {
        string copy = Path.Combine(scratch.NewFolder("rpm"), "rpmdb.sqlite");
        foreach (string suffix in (string[])["", "-wal"])
        {
            if (image.ReadBytes(path + suffix) is { } bytes)
            {
                File.WriteAllBytes(copy + suffix, bytes);
            }
        }

        using SqliteConnection database = SqliteConnection.Open(copy, TimeSpan.Zero);
        SqliteStatement statement = database.Prepare("SELECT blob FROM Packages ORDER BY hnum");
        List<byte[]> headers = [];
        while (statement.Step())
        {
            headers.Add(statement.Bytes(0));
        }

        return headers;
    }
}
