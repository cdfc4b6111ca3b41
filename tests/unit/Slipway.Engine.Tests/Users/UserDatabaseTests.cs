using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Engine.Tests.Users;

public sealed class UserDatabaseTests
{
    private const string Passwd = """
        root:x:0:0:root:/root:/bin/sh
        # no entry
        broken:x:notanumber:1:::
        ann:x:1000:1001:Ann:/home/ann:/bin/sh
        2000:x:7:8::/seven:/bin/sh
        nowhere:x:9:9:::/bin/sh
        """;

    private const string Group = """
        root:x:0:
        ann:x:1001:
        video:x:44:ann,other
        audio:x:29:other,ann
        again:x:44:ann
        """;

    [Theory]
    [InlineData("", 0, 0, "/root")]
    [InlineData("root", 0, 0, "/root")]
    [InlineData("0", 0, 0, "/root")]
    [InlineData("ann", 1000, 1001, "/home/ann")]
    [InlineData("1000", 1000, 1001, "/home/ann")]
    [InlineData("2000", 7, 8, "/seven")]
    [InlineData("55", 55, 0, "/")]
    [InlineData("55:66", 55, 66, "/")]
    [InlineData("ann:video", 1000, 44, "/home/ann")]
    [InlineData(":video", 0, 44, "/root")]
    [InlineData("nowhere", 9, 9, "/")]
    public void Names_and_numbers_are_found(string request, uint uid, uint gid, string home)
    {
        ContainerUser user = UserDatabase.Resolve(request, Passwd, Group);
        Assert.Equal((uid, gid, home), (user.Uid, user.Gid, user.Home));
    }

    [Fact]
    public void The_groups_that_list_a_user_come_along_once() =>
        Assert.Equal([44u, 29u], UserDatabase.Resolve("ann", Passwd, Group).AdditionalGids.AsEnumerable());

    [Fact]
    public void An_asked_for_group_comes_alone() => Assert.Empty(UserDatabase.Resolve("ann:video", Passwd, Group).AdditionalGids);

    [Theory]
    [InlineData("bob", "user 'bob'")]
    [InlineData("ann:wheel", "group 'wheel'")]
    [InlineData("4294967296", "'4294967296'")]
    [InlineData("-1", "user '-1'")]
    [InlineData("broken", "user 'broken'")]
    public void What_the_image_lacks_is_named(string request, string named)
    {
        SlipwayException fault = Assert.Throws<SlipwayException>(() => UserDatabase.Resolve(request, Passwd, Group));
        Assert.Equal(ErrorKind.InvalidArgument, fault.Kind);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_without_files_knows_numbers() => Assert.Equal(1234u, UserDatabase.Resolve("1234:5", "", "").Uid);
}
