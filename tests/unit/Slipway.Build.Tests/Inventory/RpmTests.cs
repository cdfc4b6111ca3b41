using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Slipway.Build.Contexts;
using Slipway.Build.Inventory.Rpm;
using Slipway.Build.Running;
using Slipway.Content;

namespace Slipway.Build.Inventory;

/// <summary>rpm's headers and the two of its databases that are formats of their own, as rpm's documentation and source lay them out.</summary>
public sealed class RpmTests
{
    [Fact]
    public void A_header_tells_name_version_and_what_else_a_bill_needs()
    {
        Package package = RpmHeader.Parse(Header("bash"), "db")!;

        Assert.Equal(("bash", "2:5.2.26-3.el9", "x86_64", "GPL-3.0-or-later", "Vendor"), (package.Name, package.Version, package.Architecture, package.License, package.Vendor));
        Assert.Equal("pkg:rpm/rocky/bash@5.2.26-3.el9?arch=x86_64&distro=rocky-9.4&epoch=2", PackageUrl.Of(package, new("rocky", "9.4", null)));
        Assert.Null(RpmHeader.Parse(Header("gpg-pubkey"), "db"));
    }

    [Fact]
    public void A_header_that_lies_about_its_sizes_is_none()
    {
        byte[] header = Header("bash");
        for (int length = 0; length < header.Length; length++)
        {
            Assert.Null(RpmHeader.Parse(header.AsSpan(0, length), "db"));
        }

        Random random = new(7);
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = [.. header];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            RpmHeader.Parse(damaged, "db");
        }
    }

    [Fact]
    public void Suses_database_has_slots_that_lead_to_headers()
    {
        byte[] database = Ndb([Header("a"), Header("b")]);

        Assert.Equal(["a", "b"], NdbDatabase.Headers(database).Select(header => RpmHeader.Parse(header, "db")!.Name));
        Assert.Throws<InvalidDataException>(() => NdbDatabase.Headers(new byte[8192]).ToArray());
        BinaryPrimitives.WriteUInt32LittleEndian(database.AsSpan(32 + 8), 1 << 20);
        Assert.Throws<InvalidDataException>(() => NdbDatabase.Headers(database).ToArray());
    }

    [Fact]
    public void Berkeleys_hash_keeps_headers_on_chains_of_pages()
    {
        byte[] header = Header("bash", padding: 1000);
        byte[] database = Berkeley(header);

        Assert.Equal(header, Assert.Single(BerkeleyDatabase.Values(database)));
        Assert.Throws<InvalidDataException>(() => BerkeleyDatabase.Values(new byte[4096]).ToArray());
        BinaryPrimitives.WriteUInt32LittleEndian(database.AsSpan((2 * 512) + 16), 2); // A chain that bites its own tail ends with the value's length.
        Assert.Equal(header.Length, Assert.Single(BerkeleyDatabase.Values(database)).Length);
        BinaryPrimitives.WriteUInt32LittleEndian(database.AsSpan((2 * 512) + 16), 99);
        Assert.Throws<InvalidDataException>(() => BerkeleyDatabase.Values(database).ToArray());
    }

    [Theory]
    [InlineData("rpmdb.sqlite", 1)]
    [InlineData("Packages", 2)]
    public void Databases_that_rpm_and_berkeley_wrote_are_read(string name, int count)
    {
        string folder = Directory.CreateTempSubdirectory("slipway-rpm-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "image/var/lib/rpm"));
            using (Stream packed = typeof(RpmTests).Assembly.GetManifestResourceStream(name)!)
            using (GZipStream plain = new(packed, CompressionMode.Decompress))
            using (FileStream file = File.Create(Path.Combine(folder, "image/var/lib/rpm", name)))
            {
                plain.CopyTo(file);
            }

            using BuildScratch scratch = new(folder);
            using SourceTree tree = SourceTree.Open(Path.Combine(folder, "image"));
            Package[] packages = [.. new RpmPackages(scratch).Read(new(tree))];

            Assert.Equal(count, packages.Length);
            Assert.All(packages, package => Assert.Equal(
                ("slip-test", "2:1.2.3-4.el9", "noarch", "MIT", "Tester", "https://example.com"),
                (package.Name, package.Version, package.Architecture, package.License, package.Vendor, package.Homepage)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_database_that_is_none_is_a_fault_that_names_it()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-rpm-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "usr/lib/sysimage/rpm"));
            File.WriteAllText(Path.Combine(folder, "usr/lib/sysimage/rpm/rpmdb.sqlite"), "no database at all, but long enough to be looked at as if it were one");
            using BuildScratch scratch = new(folder);
            using SourceTree tree = SourceTree.Open(folder);

            SlipwayException fault = Assert.Throws<SlipwayException>(() => new RpmPackages(scratch).Read(new(tree)).ToArray());
            Assert.Equal(ErrorKind.Corrupt, fault.Kind);
            Assert.Contains("/usr/lib/sysimage/rpm/rpmdb.sqlite", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static byte[] Header(string name, int padding = 0)
    {
        (int Tag, int Type, string Value)[] values =
        [
            (1000, 6, name), (1001, 6, "5.2.26"), (1002, 6, "3.el9"), (1003, 4, ""), (1011, 6, "Vendor"), (1014, 6, "GPL-3.0-or-later"), (1022, 6, "x86_64"), (1004, 9, new string('x', padding)),
        ];
        using MemoryStream index = new(), data = new();
        foreach ((int tag, int type, string value) in values)
        {
            foreach (int number in (int[])[tag, type, (int)data.Length, 1])
            {
                byte[] big = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(big, number);
                index.Write(big);
            }

            data.Write(type == 4 ? [0, 0, 0, 2] : Encoding.UTF8.GetBytes(value + "\0"));
        }

        byte[] head = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(head, values.Length);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), (int)data.Length);
        return [.. head, .. index.ToArray(), .. data.ToArray()];
    }

    private static byte[] Ndb(byte[][] headers)
    {
        byte[] database = new byte[16384];
        Little(database, 0, 0x506D7052, 0, 1, 1, (uint)headers.Length + 1);
        int place = 4096;
        for (int index = 0; index < headers.Length; index++)
        {
            Little(database, 32 + (index * 16), 0x746F6C53, (uint)index + 1, (uint)place / 16, 64);
            Little(database, place, 0x53626C42, (uint)index + 1, 0, (uint)headers[index].Length);
            headers[index].CopyTo(database, place + 16);
            place += 2048;
        }

        return database;
    }

    // Page 0 says what it is, page 1 has one pair whose value begins on page 2.
    private static byte[] Berkeley(byte[] value)
    {
        const int Size = 512, Room = Size - 26;
        int pages = (value.Length + Room - 1) / Room;
        byte[] database = new byte[Size * (2 + pages)];
        Little(database, 12, 0x061561);
        Little(database, 20, Size);
        database[Size + 20] = 2;
        database[Size + 25] = 13;
        database[Size + 26] = 0xF8;
        database[Size + 27] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(database.AsSpan(Size + 28), 400);
        database[Size + 400] = 3;
        Little(database, Size + 404, 2, (uint)value.Length);
        for (int page = 0; page < pages; page++)
        {
            int start = Size * (2 + page), part = Math.Min(Room, value.Length - (page * Room));
            Little(database, start + 16, page + 1 < pages ? (uint)(3 + page) : 0);
            BinaryPrimitives.WriteUInt16LittleEndian(database.AsSpan(start + 22), (ushort)part);
            database[start + 25] = 7;
            value.AsSpan(page * Room, part).CopyTo(database.AsSpan(start + 26));
        }

        return database;
    }

    private static void Little(byte[] bytes, int at, params uint[] numbers)
    {
        foreach (uint number in numbers)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), number);
            at += 4;
        }
    }
}
